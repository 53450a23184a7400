package io.hostfirewall.agent.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The plug-in of kubectl: the firewall of a cluster's nodes, seen from outside of them. */
@Command(
    name = "kubectl hostfirewall",
    description = "The firewall of a cluster's nodes, as they report it and as they are told it.",
    mixinStandardHelpOptions = true,
    versionProvider = CommandLineProgram.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      ClusterStatusCommand.class,
      ClusterExplainCommand.class,
      ClusterDiffCommand.class
    })
final class KubectlPlugin {

  /** What the plug-in's launcher writes before the arguments that kubectl gives it. */
  static final String WORD = "kubectl";

  private KubectlPlugin() {}

  static int run(List<String> arguments) {
    var program = commandLine();
    if (!arguments.isEmpty() && arguments.getFirst().equals(KubectlCompletion.WORD)) {
      new KubectlCompletion(program.getCommandSpec(), ClusterOptions::hastyView)
          .answer(arguments.subList(1, arguments.size()), program.getOut());
      return ExitCode.DONE;
    }
    return program.execute(arguments.toArray(String[]::new));
  }

  static CommandLine commandLine() {
    return CommandLineProgram.configured(new CommandLine(new KubectlPlugin()));
  }
}
