package io.hostfirewall.agent.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Teaches a shell to complete our commands and options. */
@Command(
    name = "completion",
    description = "Prints a script with which a shell completes commands and options.",
    footer = {
      "",
      "In ~/.bashrc or ~/.zshrc:",
      "  source <(hostfirewall completion bash)",
      "For fish, once:",
      "  hostfirewall completion fish >~/.config/fish/completions/hostfirewall.fish"
    },
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {

  /** Shells that can be taught. */
  enum Shell {
    BASH,
    ZSH,
    FISH;

    /** As it is written on a command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(paramLabel = "bash|zsh|fish", description = "Whose script to print.")
  private Shell shell = Shell.BASH;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    var program = spec.root();
    var out = spec.commandLine().getOut();
    out.print(
        switch (shell) {
          // zsh runs it by its bashcompinit, which the script itself switches on.
          case BASH, ZSH -> AutoComplete.bash(program.name(), program.commandLine());
          case FISH -> FishCompletion.of(program);
        });
    out.flush();
    return ExitCode.DONE;
  }
}
