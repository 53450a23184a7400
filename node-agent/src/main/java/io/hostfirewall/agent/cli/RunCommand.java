package io.hostfirewall.agent.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The agent of a node. */
@Command(
    name = "run",
    description = "Is the agent of a cluster's node.",
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

  @Override
  public Integer call() {
    throw Failure.invalid("run is not there yet.");
  }
}
