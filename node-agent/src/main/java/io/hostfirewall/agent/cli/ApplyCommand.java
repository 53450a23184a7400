package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.agent.kernel.BootClock;
import io.hostfirewall.agent.kernel.HostKernel;
import io.hostfirewall.agent.kernel.Kernel;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.node.ConnectionTracking;
import io.hostfirewall.agent.node.NameServers;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.node.SshPorts;
import io.hostfirewall.agent.proof.NamesAnswer;
import io.hostfirewall.agent.proof.WayIn;
import io.hostfirewall.agent.proof.WayOut;
import io.hostfirewall.agent.state.HeldByOtherException;
import io.hostfirewall.agent.transaction.DiskJournal;
import io.hostfirewall.agent.transaction.FormerRules;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Proof;
import io.hostfirewall.agent.transaction.Transaction;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.merge.RevisionContent;
import java.io.Console;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Enforces policies on this host. */
@Command(
    name = "apply",
    description = "Loads policies on trial, reads them back, and confirms them. Needs root.",
    mixinStandardHelpOptions = true)
final class ApplyCommand implements Callable<Integer> {

  @Mixin private PolicyOptions policies = new PolicyOptions();
  @Mixin private HostOptions host = new HostOptions();

  @Option(
      names = "--trial",
      paramLabel = "30s",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description = "How long the kernel lets new rules decide unless they are confirmed.")
  private Duration trial = Duration.ofSeconds(30);

  @Option(
      names = "--probe",
      paramLabel = "tcp:HOST:PORT",
      split = ",",
      description = "Confirm only if a new connection to this place works; instead of asking.")
  private List<String> probes = List.of();

  @Mixin private BootOptions boot = new BootOptions();
  @Mixin private ObserverOptions observer = new ObserverOptions();

  @Mixin private OutputOptions output = new OutputOptions();

  @Option(names = "--yes", description = "Confirm without asking whether you can still connect.")
  private boolean yes;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    var sshPorts = host.sshPortsNow();
    var proof = proof(sshPorts);
    if (!host.isRoot()) {
      policies.read();
      host.requireRoot("apply");
    }
    try (var _ = host.state().holdKernel("apply");
        var _ = host.state().holdAgent("apply")) {
      // Beside the reading of the policies: the first look at the kernel takes as long as that.
      var looking = new FutureTask<>(() -> host.host().look(host.backend()));
      Thread.startVirtualThread(looking);
      var read = policies.read();
      var look = Kernel.result(looking);
      var exit =
          report(
              apply(read, look, proof, sshPorts), RevisionContent.name(RevisionContent.of(read)));
      return exit == ExitCode.DONE ? restoreAtBoot(look.kernel().backend()) : exit;
    } catch (KernelException | HeldByOtherException e) {
      throw Failure.refused(e);
    }
  }

  /** Sessions of others are always looked after; then probes, or else the person. */
  private Proof proof(SshPorts sshPorts) {
    var proofs = new ArrayList<Proof>();
    proofs.add(
        new WayIn(
            sshPorts::perhapsAmong,
            NodeObserver::interfaceTowards,
            NodeObserver::addressesOfThisHost));
    proofs.add(new NamesAnswer(NameServers::ofThisHost));
    try {
      probes.stream().map(WayOut::parse).forEach(proofs::add);
    } catch (IllegalArgumentException e) {
      throw Failure.invalid("--probe: " + e.getMessage());
    }
    if (!yes && probes.isEmpty()) {
      proofs.add(question());
    }
    return Proof.all(proofs);
  }

  private Proof question() {
    // Whether there is none without a terminal, or one that is none, depends on the runtime's
    // modules.
    var console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
    if (console.isEmpty()) {
      throw Failure.invalid(
          "nobody can be asked here whether they can still connect. Add --probe tcp:HOST:PORT, or"
              + " --yes to confirm without asking.");
    }
    return new Question(
        new InputStreamReader(System.in, console.get().charset()),
        spec.commandLine().getErr(),
        trial.minus(Question.MARGIN));
  }

  /** Without a word on it the unit stays as it is. */
  private int restoreAtBoot(Backend backend) {
    if (boot.asked().isEmpty()) {
      return ExitCode.DONE;
    }
    var restore = boot.of(host);
    if (!boot.asked().get()) {
      restore.remove();
      return ExitCode.DONE;
    }
    var problem = restore.install(backend);
    problem.ifPresent(
        why ->
            spec.commandLine()
                .getErr()
                .println("hostfirewall: nothing will be loaded at boot: " + why + "."));
    return problem.isEmpty() ? ExitCode.DONE : ExitCode.DIFFERS;
  }

  private Outcome apply(
      List<RevisionPolicy> read, HostKernel.Look look, Proof proof, SshPorts sshPorts) {
    var facts = observer.standAlone(policies.uplinks(), sshPorts).standAlone();
    var wanted =
        Wanted.of(
            PolicyMerge.merge(read),
            facts,
            Map.of(),
            look.kernel().families(),
            RevisionContent.name(RevisionContent.of(read)));
    var journal = new DiskJournal(host.state());
    var tracking = ConnectionTracking.ofThisHost();
    var former = new FormerRules(look.former());
    return new Transaction(
            look.kernel(), former, new BootClock(), proof, tracking, journal, now -> {})
        .apply(wanted, trial, look.now());
  }

  private int report(Outcome outcome, String revision) {
    var report = ApplyReport.of(outcome, revision);
    if (output.isJson() || report.enforced()) {
      output.print(report, ApplyReport::message);
    }
    if (!report.enforced()) {
      spec.commandLine().getErr().println("hostfirewall: " + report.message());
    }
    return switch (outcome) {
      case Outcome.Unchanged _, Outcome.Applied _, Outcome.Healed _ -> ExitCode.DONE;
      case Outcome.Contested _ -> ExitCode.DIFFERS;
      case Outcome.RolledBack _ -> ExitCode.ROLLED_BACK;
      case Outcome.Refused _ -> ExitCode.REFUSED;
    };
  }
}
