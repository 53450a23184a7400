package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionTest {

  @TempDir Path folder;

  private static String script(String shell) {
    var out = new StringWriter();
    var exit =
        CommandLineProgram.commandLine().setOut(new PrintWriter(out)).execute("completion", shell);
    assertThat(exit).isZero();
    return out.toString();
  }

  /**
   * What bash itself offers behind a command line whose last word is not ended. Only its compopt
   * complains, which can be called by a key alone.
   */
  private List<String> bash(String... words) throws IOException, InterruptedException {
    var script = folder.resolve("script");
    Files.writeString(script, script("bash"));
    var process =
        new ProcessBuilder(
                "bash",
                "-c",
                "source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_hostfirewall; printf '%%s\\n'"
                        .formatted(script, String.join(" ", words), words.length - 1)
                    + " \"${COMPREPLY[@]}\"")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(text).isZero();
    return text.lines().map(String::strip).toList();
  }

  @Test
  void bash_completes_commands_options_and_words() throws IOException, InterruptedException {
    assertThat(bash("hostfirewall", "ex")).containsExactly("explain");
    assertThat(bash("hostfirewall", "apply", "--tri")).containsExactly("--trial");
    assertThat(bash("hostfirewall", "status", "-o", "''")).containsExactly("text", "json");
  }

  @Test
  void fish_is_told_of_commands_options_words_and_files() {
    assertThat(script("fish").lines())
        .contains(
            "complete -c hostfirewall -f -n __fish_use_subcommand -a render -d 'Prints what would be"
                + " loaded, without loading it'",
            "complete -c hostfirewall -n '__fish_seen_subcommand_from apply' -l yes -d 'Confirm"
                + " without asking whether you can still connect'",
            "complete -c hostfirewall -f -n '__fish_seen_subcommand_from completion' -a fish")
        .anyMatch(
            line ->
                line.startsWith(
                    "complete -c hostfirewall -n '__fish_seen_subcommand_from render' -s f -l"
                        + " filename -r -F -d "))
        .anyMatch(
            line ->
                line.startsWith(
                    "complete -c hostfirewall -n '__fish_seen_subcommand_from status' -s o -l output"
                        + " -x -a 'text json' -d "))
        .anyMatch(line -> line.endsWith(" -a run -d 'Is the agent of a cluster\\'s node'"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''               | --help,--version,-V,-h,diff,explain,status | :4",
        "st               | status         | :4",
        "status,--no      | --node         | :4",
        "explain,--conte  | --context      | :4",
        "status,--kubeconfig,'' | ''       | :0",
        "status,nonsense  | ''             | :4"
      })
  void kubectl_is_answered(String words, String candidates, String directive) {
    var out = new StringWriter();
    new KubectlCompletion(
            KubectlPlugin.commandLine().getCommandSpec(),
            options -> {
              throw new AssertionError("the cluster is not needed");
            })
        .answer(List.of(words.replace("'", "").split(",", -1)), new PrintWriter(out));

    var lines = new ArrayList<String>();
    if (!candidates.isEmpty()) {
      lines.addAll(List.of(candidates.split(",")));
    }
    lines.add(directive);
    assertThat(out.toString().lines()).containsExactlyElementsOf(lines);
  }
}
