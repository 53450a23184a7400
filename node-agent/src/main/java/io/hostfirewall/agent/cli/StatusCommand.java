package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.transaction.DiskJournal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what is enforced. */
@Command(
    name = "status",
    description = {
      "Says what is enforced, as read back from the kernel. Needs root.",
      "Ends with 1 if nothing is, or if somebody changed it."
    },
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {

  /** Forms of output. */
  enum Form {
    TEXT,
    JSON
  }

  @Mixin private HostOptions host = new HostOptions();
  @Mixin private UnitOptions units = new UnitOptions();

  @Option(
      names = {"-o", "--output"},
      defaultValue = "text",
      description = "text (the default) or json.")
  private Form form = Form.TEXT;

  @Spec private CommandSpec spec = CommandSpec.create();

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
      var out = spec.commandLine().getOut();
      out.println(form == Form.JSON ? RenderCommand.json(report) : report.text());
      out.flush();
      return report.enforced() ? ExitCode.DONE : ExitCode.DIFFERS;
    } catch (KernelException e) {
      throw Failure.refused(e);
    }
  }
}
