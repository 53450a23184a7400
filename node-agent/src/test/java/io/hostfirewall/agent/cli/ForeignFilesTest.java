package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are not what a command takes: each command says of each what is wrong with it. */
class ForeignFilesTest {

  private static final String POLICY = Path.of("..", "examples", "web-server.yaml").toString();

  @TempDir Path folder;

  @BeforeEach
  void write() throws IOException {
    Files.createDirectory(folder.resolve("folder"));
    Files.createFile(folder.resolve("empty"));
    Files.write(
        folder.resolve("binary"), new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0, (byte) 0xff});
    Files.writeString(folder.resolve("words"), "# nothing but a remark\n");
    Files.createSymbolicLink(folder.resolve("link"), folder.resolve("missing"));
  }

  /** Each command that reads a file, with the place for its name. */
  static Stream<List<String>> readers() {
    return Stream.of(
        List.of("render", "-f", "FILE"),
        List.of("explain", "-f", "FILE", "tcp 203.0.113.7 > :22"),
        List.of("verify", "--lint", "-f", "FILE"),
        List.of("verify", "-f", POLICY, "FILE"),
        List.of("diff", "-f", "FILE", "--against", POLICY),
        List.of("diff", "-f", POLICY, "--against", "FILE"),
        List.of("import", "FILE"));
  }

  private CommandRun run(List<String> reader, String file) {
    return CommandRun.of(
        reader.stream().map(word -> word.equals("FILE") ? file : word).toArray(String[]::new));
  }

  private void assertRefused(List<String> reader, String file, String problem) {
    var run = run(reader, file);

    assertThat(run.err()).startsWith(file.isEmpty() ? "\"\": " : file + ": ").contains(problem);
    assertThat(run.exit()).as(run.err()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("readers")
  void a_file_that_is_not_there_does_not_exist(List<String> reader) {
    assertRefused(reader, folder.resolve("missing").toString(), "does not exist.");
    assertRefused(reader, folder.resolve("link").toString(), "is a link to a file that does not");
    assertRefused(reader, "", "is no name of a file.");
  }

  @ParameterizedTest
  @CsvSource({
    "render -f FILE, folder, no HostFirewallPolicy is in it.",
    "render -f FILE, empty, no HostFirewallPolicy is in it.",
    "render -f FILE, words, no HostFirewallPolicy is in it.",
    "verify -f POLICY FILE, folder, no YAML file is in this folder.",
    "verify -f POLICY FILE, empty, nothing is expected in it.",
    "import FILE, folder, is a folder.",
    "import FILE, empty, no table and no rule of iptables is in it.",
    "import FILE, words, no table and no rule of iptables is in it.",
    "import FILE, binary, no table and no rule of iptables is in it.",
  })
  void a_file_of_which_nothing_can_be_made_is_refused(String command, String name, String problem) {
    var reader = List.of(command.replace("POLICY", POLICY).split(" "));

    assertRefused(reader, folder.resolve(name).toString(), problem);
  }

  @Test
  void standard_input_is_for_policies_and_for_one_file() {
    assertThat(CommandRun.of("verify", "-f", POLICY, "-").err())
        .startsWith("-: only policies are read from standard input. Name a file.");
    assertThat(CommandRun.of("import", "-", "-").err())
        .startsWith("hostfirewall: standard input can be read once only. Name a file.");
  }

  /** What is taken for the rules of an open host would become a policy that opens everything. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "table inet filter {\n  chain input { type filter hook input priority 0; policy drop; }\n}",
        "apiVersion: hostfirewall.io/v1alpha1\nkind: HostFirewallPolicy\n",
        "<html>Not found</html>"
      })
  void text_of_others_is_never_imported_as_a_host_without_rules(String text) throws IOException {
    var file = folder.resolve("rules.v4");
    Files.writeString(file, text, StandardCharsets.UTF_8);

    assertRefused(List.of("import", "FILE"), file.toString(), "no table and no rule of iptables");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "# My notes;* open port 22;* close the rest | there is no table \"open port 22\".",
        "*fliter;:INPUT DROP [0:0];COMMIT | there is no table \"fliter\". Did you mean \"filter\"?",
        "*nat;COMMIT;*fliter;:INPUT DROP [0:0];COMMIT | Did you mean \"filter\"?",
        "foo;:bar | table filter says nothing of INPUT, FORWARD and OUTPUT",
        "*filter;:ufw-user-input - [0:0];-A ufw-user-input -j ACCEPT;COMMIT | table filter says",
        "*filter;COMMIT | table filter says nothing of INPUT",
        "*filter;-F INPUT;COMMIT | table filter says nothing of INPUT",
      })
  void a_text_that_shows_no_way_of_a_packet_is_refused(String lines, String problem)
      throws IOException {
    var file = folder.resolve("rules.v4");
    Files.writeString(file, lines.replace(";", "\n") + "\n");

    assertRefused(List.of("import", "FILE"), file.toString(), problem);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*nat\nCOMMIT\n",
        "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n",
        "-A OUTPUT -j ACCEPT\n",
        "iptables -P FORWARD DROP\n"
      })
  void one_that_shows_a_way_is_read(String text) throws IOException {
    var file = folder.resolve("rules.v4");
    Files.writeString(file, text);

    assertThat(CommandRun.of("import", file.toString()).exit()).isLessThan(2);
  }

  @Test
  void a_line_that_is_none_of_iptables_is_not_carried_over() throws IOException {
    var file = folder.resolve("rules.v4");
    Files.writeString(file, "*filter\n:INPUT DROP [0:0]\nallow 22\nCOMMIT\n");

    var run = CommandRun.of("import", file.toString());

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.err())
        .contains(file + ":3:1: not carried over: \"allow\" begins no line of iptables-save.");
  }

  @Test
  void a_word_of_a_file_does_not_move_the_cursor() throws IOException {
    var file = folder.resolve("rules.v4");
    Files.writeString(file, "*filter\n:INPUT DROP [0:0]\n\u001b[2Jallow 22\nCOMMIT\n");

    assertThat(CommandRun.of("import", file.toString()).err())
        .contains("\"?[2Jallow\" begins no line")
        .doesNotContain("\u001b");
  }
}
