package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.state.HeldByOtherException;
import io.hostfirewall.agent.transaction.Removal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes everything of ours off this host. */
@Command(
    name = "cleanup",
    description = {
      "Removes all of ours from the kernel: chains, jumps and sets, in both back ends.",
      "Repeats safely. The agent of this host stays off until hostfirewall enable. Needs root."
    },
    mixinStandardHelpOptions = true)
final class CleanupCommand implements Callable<Integer> {

  @Mixin private HostOptions host = new HostOptions();

  @Option(names = "--dry-run", description = "Only print what would be removed.")
  private boolean dryRun;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    host.requireRoot("cleanup");
    var removal = Removal.of(host.host());
    var out = spec.commandLine().getOut();
    try {
      if (dryRun) {
        out.print(removal.plan());
      } else {
        try (var _ = host.state().holdKernel("cleanup")) {
          host.state().disable();
          out.print(removal.remove());
        }
      }
      out.flush();
      return ExitCode.DONE;
    } catch (KernelException | HeldByOtherException e) {
      throw Failure.refused(e);
    }
  }
}
