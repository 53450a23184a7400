package io.hostfirewall.operator;

import io.hostfirewall.operator.uninstall.UninstallCommand;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Without arguments the operator; with them a command that ends. */
@QuarkusMain
@Command(
    name = "operator",
    description = "The operator of Host Firewall; without a command it runs until it is stopped.",
    mixinStandardHelpOptions = true,
    subcommands = UninstallCommand.class)
public final class OperatorMain {

  private OperatorMain() {}

  public static void main(String... arguments) {
    if (arguments.length == 0) {
      Quarkus.run();
    } else {
      System.exit(new CommandLine(new OperatorMain()).execute(arguments));
    }
  }
}
