package io.hostfirewall.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The plug-in of kubectl: the firewall of a cluster's nodes, seen from outside of them. */
@Command(
    name = "kubectl hostfirewall",
    description = "The firewall of a cluster's nodes, as they report it and as they are told it.",
    mixinStandardHelpOptions = true,
    versionProvider = CommandLineProgram.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {ClusterStatusCommand.class})
final class KubectlPlugin {

  /** What the plug-in's launcher writes before the arguments that kubectl gives it. */
  static final String WORD = "kubectl";

  private KubectlPlugin() {}

  static CommandLine commandLine() {
    return CommandLineProgram.configured(new CommandLine(new KubectlPlugin()));
  }
}
