package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.transaction.InForce;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what policies would change. */
@Command(
    name = "diff",
    description = {
      "Says what policies would change, rule by rule and in words: against what is loaded in the"
          + " kernel, which needs root, or against other policies, which needs nothing.",
      "Ends with 0 if nothing would change, with 1 if something would."
    },
    mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {

  @Mixin private PolicyOptions policies = new PolicyOptions();

  @Option(
      names = "--against",
      paramLabel = "PATH",
      description = "The policies before; without it what is loaded in the kernel.")
  private List<String> against = List.of();

  @Mixin private HostOptions host = new HostOptions();
  @Mixin private ObserverOptions observer = new ObserverOptions();

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    var after = policies.read();
    var report = against.isEmpty() ? withKernel(after) : withOthers(after);
    output.print(report, DiffReport::text);
    return report.differs() ? ExitCode.DIFFERS : ExitCode.DONE;
  }

  private DiffReport withOthers(List<RevisionPolicy> after) {
    var before = policies.read(against);
    var facts = NodeObserver.unseen(policies.uplinks(), observer.logTarget());
    return DiffReport.of(
        String.join(" ", against),
        compile(before, facts, List.of(Family.values())),
        policies.paths(),
        compile(after, facts, List.of(Family.values())),
        List.of());
  }

  private DiffReport withKernel(List<RevisionPolicy> after) {
    host.requireRoot("diff without --against");
    try {
      var kernel = host.host().kernel(host.host().survey().inUse());
      var now = kernel.observe();
      var facts = observer.standAlone(policies.uplinks(), host.sshPorts()).standAlone();
      var inForce = kernel.families().stream().map(family -> InForce.of(now, family)).toList();
      var remarks = new ArrayList<String>();
      inForce.forEach(family -> remarks.addAll(family.remarks()));
      return DiffReport.of(
          "kernel",
          inForce.stream().map(InForce::rules).toList(),
          policies.paths(),
          compile(after, facts, kernel.families()),
          remarks);
    } catch (KernelException e) {
      throw Failure.refused(e);
    }
  }

  private static List<RuleSet> compile(
      List<RevisionPolicy> policies, NodeFacts facts, List<Family> families) {
    var policy = PolicyMerge.merge(policies);
    return families.stream().map(family -> Compiler.compile(policy, facts, family)).toList();
  }
}
