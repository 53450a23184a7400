package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.kernel.Kernel;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.policyfile.PolicyFiles;
import io.hostfirewall.agent.transaction.DiskJournal;
import io.hostfirewall.agent.transaction.InForce;
import io.hostfirewall.agent.transaction.ReadBack;
import io.hostfirewall.agent.transaction.Trial;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.diff.Side;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what policies would change. */
@Command(
    name = "diff",
    description = {
      "Says what policies would change, rule by rule and in words: against other policies, which"
          + " needs nothing, or against what is loaded in the kernel, which needs root. Without"
          + " policies it compares the kernel with what was confirmed last on this host: what"
          + " somebody changed since.",
      "Ends with 0 if nothing would change, with 1 if something would, with 2 if it was called"
          + " wrongly or a file cannot be read, with 3 if the kernel cannot be read."
    },
    mixinStandardHelpOptions = true)
final class DiffCommand implements Callable<Integer> {

  private static final String KERNEL = "kernel";

  @ArgGroup(exclusive = false)
  private @Nullable PolicyOptions policies;

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
    var report = report();
    output.print(report, DiffReport::text);
    return report.differs() ? ExitCode.DIFFERS : ExitCode.DONE;
  }

  private DiffReport report() {
    if (!against.isEmpty()) {
      if (policies == null) {
        throw Failure.invalid("--against needs something to compare with. Name policies by -f.");
      }
      return withOthers(policies);
    }
    try {
      return policies == null ? confirmed() : withKernel(policies);
    } catch (KernelException e) {
      throw Failure.refused(e);
    }
  }

  private DiffReport withOthers(PolicyOptions policies) {
    if (against.contains("-") && policies.readsStandardInput()) {
      throw Failure.invalid("standard input can be read once only. Name a file.");
    }
    var before = PolicyFiles.openIfAny(against, System.in);
    var after = policies.open();
    var isClustered = before.isAboutCluster() || after.isAboutCluster();
    var old = policies.picked(read(before, isClustered));
    var now = policies.picked(read(after, isClustered));
    if (old.isEmpty() && now.isEmpty()) {
      throw PolicyOptions.selectingNobody();
    }
    var facts =
        isClustered
            ? NodeObserver.unseenInCluster(policies.uplinks(), observer.logTarget())
            : NodeObserver.unseen(policies.uplinks(), observer.logTarget());
    return DiffReport.of(
        String.join(" ", against),
        sides(old, facts, List.of(Family.values())),
        policies.paths(),
        sides(now, facts, List.of(Family.values())),
        Stream.concat(old.stream(), now.stream()).toList(),
        List.of());
  }

  private static List<RevisionPolicy> read(PolicyFiles files, boolean isClustered) {
    return PolicyOptions.policies(isClustered ? files.inCluster(Set.of()) : files.standAlone());
  }

  private DiffReport withKernel(PolicyOptions policies) throws KernelException {
    var after = policies.read();
    host.requireRoot("diff without --against");
    host.state().agentOfCluster().ifPresent(DiffCommand::refuse);
    var kernel = host.host().kernel(host.host().survey().inUse());
    var facts = observer.standAlone(policies.uplinks(), host.sshPortsUnchanged()).standAlone();
    return fromKernel(
        kernel, kernel.observe(), policies.paths(), sides(after, facts, kernel.families()));
  }

  /** What files mean on the node of a cluster nobody can tell who does not see that. */
  private static void refuse(String agent) {
    throw Failure.invalid(
        "this is, or was last, a node of a cluster, which only its agent knows (%s). Ask kubectl hostfirewall diff"
                .formatted(agent)
            + " --node NAME -f PATH what policies would change here; compare them with others by"
            + " --against; or leave -f out to see what somebody changed in the kernel. If no agent"
            + " will come back, run hostfirewall cleanup --forget first.");
  }

  private DiffReport confirmed() throws KernelException {
    host.requireRoot("diff without --against");
    var kernel = host.host().kernel(host.host().survey().inUse());
    var now = kernel.observe();
    var confirmed =
        new DiskJournal(host.state())
            .confirmed(Trial.of(now, kernel.families()) instanceof Trial.Confirmed)
            .orElseThrow(
                () ->
                    Failure.invalid(
                        "%s holds no rules that were confirmed on this host, with which the kernel"
                                .formatted(host.stateFolder())
                            + " could be compared. Name policies by -f."));
    return fromKernel(
        kernel,
        now,
        "confirmed " + confirmed.revision(),
        kernel.families().stream().map(family -> side(confirmed, family)).toList());
  }

  /** Who is not tracked now depends on how many connections there are. */
  private static Side side(Wanted confirmed, Family family) {
    return new Side(
        confirmed.rules(family).orElseGet(() -> new RuleSet(family, List.of(), List.of())),
        confirmed.liveSets().stream()
            .filter(set -> !set.name().equals(SetNames.untracked(set.family())))
            .toList());
  }

  private static DiffReport fromKernel(
      Kernel kernel, Observed now, String name, List<Side> wanted) {
    var sides = new ArrayList<Side>();
    var remarks = new ArrayList<String>();
    for (var family : kernel.families()) {
      var inForce = InForce.of(now, family);
      sides.add(new Side(inForce.rules(), inForce.sets()));
      remarks.addAll(inForce.remarks());
    }
    if (Trial.of(now, kernel.families()) instanceof Trial.Running) {
      remarks.add("the rules in the kernel are on trial, and not confirmed yet");
    }
    var report = DiffReport.of(KERNEL, sides, name, wanted, List.of(), remarks);
    return kernel.families().stream().allMatch(f -> ReadBack.drift(now.rules(f)).isEmpty())
        ? report
        : report.misled();
  }

  private static List<Side> sides(
      List<RevisionPolicy> policies, NodeFacts facts, List<Family> families) {
    return families.stream()
        .map(
            family ->
                new Side(rules(policies, facts, family), LiveSets.of(facts, Map.of(), family)))
        .toList();
  }

  /** Without a policy there is no rule, either: everything is open. */
  private static RuleSet rules(List<RevisionPolicy> policies, NodeFacts facts, Family family) {
    return policies.isEmpty()
        ? new RuleSet(family, List.of(), List.of())
        : Compiler.compile(PolicyMerge.merge(policies), facts, family);
  }
}
