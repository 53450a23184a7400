package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.transaction.DiskJournal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what is enforced. */
@Command(
    name = "status",
    description = {
      "Says what is enforced, as read back from the kernel. Needs root.",
      "Ends with 1 if nothing is, or if somebody changed it."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

  @Mixin private HostOptions host = new HostOptions();
  @Mixin private UnitOptions units = new UnitOptions();

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    host.requireRoot("status");
    try {
      var kernel = host.host().kernel(host.host().survey().inUse());
      var report =
          StatusReport.of(
              kernel,
              new DiskJournal(host.state()),
              host.state().isDisabled(),
              units.of(host).sentence());
      output.print(report, StatusReport::text);
      return report.enforced() ? ExitCode.DONE : ExitCode.DIFFERS;
    } catch (KernelException e) {
      throw Failure.refused(e);
    }
  }
}
