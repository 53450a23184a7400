package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;

/** Command lines that nobody can carry out: each mistake is a sentence that says what to write. */
class UsageMistakeTest {

  private static final String POLICY = Path.of("..", "examples", "web-server.yaml").toString();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | no command was named. Write one of render, apply, status,",
        "render | --filename PATH is missing.",
        "render --log-group | --log-group stands without its NUMBER.",
        "render -f | --filename stands without its PATH.",
        "explain -f POLICY | PACKET is missing.",
        "explain --uplink eth0 packet | --filename PATH is missing.",
        "import | FILE is missing.",
        "import a b c | one file of each family can be imported at a time",
        "completion | bash|zsh|fish is missing.",
        "completion powershell | bash|zsh|fish: \"powershell\" is none of bash, zsh, fish.",
        "render -f POLICY -o yaml | --output: \"yaml\" is none of iptables, ipset, json.",
        "render -f POLICY -o jsn | none of iptables, ipset, json. Did you mean \"json\"?",
        "render -f POLICY --family ipv5 | --family: \"ipv5\" is none of ipv4, ipv6. Did you mean",
        "status -o xml | --output: \"xml\" is none of text, json.",
        "status -o json -o text | --output stands twice. Write it once.",
        "status --backend iptables | --backend: \"iptables\" is none of auto, nft, legacy.",
        "render -f POLICY --log-target file | --log-target: \"file\" is none of kernel, nflog.",
        "render -f POLICY --log-group x | --log-group: \"x\" is no whole number.",
        "render -f POLICY --log-group 70000 | --log-group: must be from 0 to 65535, not 70000.",
        "apply -f POLICY --trial 30 | --trial: \"30\" is no time such as 30s or 2m.",
        "apply -f POLICY --trial 30h | --trial: \"30h\" is no time such as 30s or 2m.",
        "apply -f POLICY --trial 1s | --trial: a trial takes at least 3 s.",
        "render -f POLICY --uplink a/b | --uplink: \"a/b\" is no interface. Write a name of up to 15",
        "render -f POLICY --uplink= | --uplink: \"\" is no interface.",
        "run --node-name x --pod-interface much-too-long-a-name | --pod-interface: \"much-too-long",
        "render -f POLICY --labels =b | --labels: \"\" is no name of a label. Write one such as",
        "render -f POLICY --labels a=b/c | --labels: \"b/c\" is no value of a label: at most 63",
        "render -f POLICY more | \"more\" is no command or argument of hostfirewall render.",
        "verfy | \"verfy\" is no command or argument of hostfirewall. Did you mean \"verify\"?",
        "verify -f POLICY --lnt | \"--lnt\" is no option of hostfirewall verify. Did you mean \"--lint\"?",
      })
  void a_mistake_names_the_word_and_what_to_write(String line, String sentence) {
    var run =
        CommandRun.of(
            Stream.of(line.replace("POLICY", POLICY).split(" "))
                .filter(word -> !word.isEmpty())
                .toArray(String[]::new));

    assertThat(run.err()).startsWith("hostfirewall: ").contains(sentence);
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
  }

  /** None of them asks a cluster. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | hostfirewall: no command was named. Write one of status, explain, diff.",
        "explain | hostfirewall: --node NAME and PACKET are missing.",
        "explain --node a tpc | hostfirewall: packet, column 1: \"tpc\" is no protocol.",
        "status --node | hostfirewall: --node stands without its NAME.",
        "status -o yaml | hostfirewall: --output: \"yaml\" is none of text, json.",
        "diff --node a | hostfirewall: --filename PATH is missing.",
        "diff --node a -f /nowhere.yaml | /nowhere.yaml: does not exist.",
      })
  void so_does_one_of_the_plug_in(String line, String sentence) {
    var words = line.isEmpty() ? new String[0] : line.split(" ");
    var run = CommandRun.ofPlugin(words);

    assertThat(run.err()).startsWith(sentence);
    assertThat(run.exit()).isEqualTo(2);
  }

  @Test
  void a_letter_is_near_to_nothing() {
    assertThat(CommandRun.of("enable", "-o", "json").err())
        .startsWith("hostfirewall: \"-o\" is no option of hostfirewall enable.")
        .doesNotContain("Did you mean");
  }

  @Test
  void interfaces_may_end_in_either_sign_for_all_that_begin_so() {
    var plus = CommandRun.of("render", "-f", POLICY, "--uplink", "bond+,eth0");
    var star = CommandRun.of("render", "-f", POLICY, "--uplink", "bond*,eth0");

    assertThat(plus.out()).contains(" -i bond+ ", " -i eth0 ").isEqualTo(star.out());
  }

  static Stream<CommandLine> commands() {
    return Stream.of(CommandLineProgram.commandLine(), KubectlPlugin.commandLine())
        .flatMap(program -> program.getSubcommands().values().stream());
  }

  /** As kubectl shows them: in the help, to a shell that completes them, and in mistakes. */
  @ParameterizedTest
  @MethodSource("commands")
  void words_are_shown_in_lower_case(CommandLine command) {
    for (ArgSpec argument : command.getCommandSpec().args()) {
      if (argument.completionCandidates() != null) {
        var words =
            StreamSupport.stream(argument.completionCandidates().spliterator(), false).toList();
        assertThat(words).isNotEmpty().allMatch(word -> word.matches("[a-z0-9]+"));
        assertThat(List.of(argument.paramLabel().split("\\|"))).containsExactlyElementsOf(words);
      }
    }
  }
}
