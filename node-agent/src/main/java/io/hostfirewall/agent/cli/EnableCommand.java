package io.hostfirewall.agent.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lets the agent of this host work again after a cleanup. */
@Command(
    name = "enable",
    description = "Lets the agent of this host work again after hostfirewall cleanup. Needs root.",
    mixinStandardHelpOptions = true)
final class EnableCommand implements Callable<Integer> {

  @Mixin private HostOptions host = new HostOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    host.requireRoot("enable");
    var was = host.state().enable();
    spec.commandLine()
        .getOut()
        .println(was ? "The agent works again." : "The agent was not switched off.");
    return ExitCode.DONE;
  }
}
