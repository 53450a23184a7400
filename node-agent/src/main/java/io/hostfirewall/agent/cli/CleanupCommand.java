package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.health.Health;
import io.hostfirewall.agent.health.Metrics;
import io.hostfirewall.agent.health.Telemetry;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.state.HeldByOtherException;
import io.hostfirewall.agent.transaction.Removal;
import java.io.Console;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
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

  @Option(names = "--yes", description = "Do not ask, on a terminal, whether to do it.")
  private boolean yes;

  @Option(
      names = "--forget",
      description =
          "Take the files of this host's state away too, as at an uninstall: an agent that is"
              + " started later begins anew. The agent must not run.")
  private boolean forget;

  @Option(
      names = "--hold",
      description = "Stay when it is done, and answer /readyz, until ended by a signal.")
  private boolean hold;

  @Mixin private UnitOptions units = new UnitOptions();
  @Mixin private HealthOptions health = new HealthOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    host.requireRoot("cleanup");
    var removal = Removal.of(host.host());
    var out = spec.commandLine().getOut();
    try {
      if (dryRun) {
        var plan = removal.plan();
        out.print(plan.isEmpty() ? "# Nothing of ours stands in the kernel.\n" : plan);
      } else if (isAgreed()) {
        out.print(forget ? forget(removal) : disable(removal));
      } else {
        out.println("Nothing was removed.");
        return ExitCode.DIFFERS;
      }
      out.flush();
    } catch (KernelException | HeldByOtherException e) {
      throw Failure.refused(e);
    }
    if (hold) {
      stay();
    }
    return ExitCode.DONE;
  }

  private boolean isAgreed() {
    var console = yes ? null : System.console();
    return console == null || !console.isTerminal() || isAgreed(console);
  }

  private static boolean isAgreed(Console console) {
    var answer = console.readLine("Remove the firewall from this host? [y/N] ");
    return answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
  }

  private String disable(Removal removal) throws KernelException, HeldByOtherException {
    try (var _ = host.state().holdKernel("cleanup")) {
      host.state().disable();
      host.state().forgetRules();
      return removal.remove();
    }
  }

  private String forget(Removal removal) throws KernelException, HeldByOtherException {
    try (var _ = host.state().holdAgent("cleanup");
        var _ = host.state().holdKernel("cleanup")) {
      var removed = removal.remove();
      var unitIsGone = units.of(host).remove();
      host.state().forget();
      return unitIsGone ? removed : removed + "The unit of systemd goes at the next boot.\n";
    }
  }

  private void stay() throws InterruptedException {
    var metrics = new Metrics(CommandLineProgram.version(), "none");
    try (var _ = health.serve(new Telemetry(Health.atRest(), metrics))) {
      new CountDownLatch(1).await();
    }
  }
}
