package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.cluster.ClusterView;
import io.hostfirewall.agent.cluster.KubectlException;
import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.agent.cluster.SeenAddressSets;
import io.hostfirewall.agent.cluster.SeenAgents.Unseen;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.api.v1alpha1.NodeDescription;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.check.NamedSets;
import io.hostfirewall.ruleset.check.Spelling;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.explain.Explanation;
import io.hostfirewall.ruleset.explain.Judges;
import io.hostfirewall.ruleset.explain.PolicyFields;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.packet.Here;
import io.hostfirewall.ruleset.packet.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A node as its cluster tells of it. What only the node itself can see is assumed.
 *
 * @param policies those of the revision that it shall run, in the order of evaluation
 * @param addressSets networks by the name of their address set
 */
record ToldNode(
    String name,
    NodeState state,
    NodeDescription description,
    List<RevisionPolicy> policies,
    Map<String, List<Cidr>> addressSets)
    implements Here {

  private static final String UPLINK = "eth0";

  /** As the plug-in bridge of container networks calls it. */
  private static final String POD_INTERFACE = "cni0";

  private static final Here UNSEEN = Here.unseen(UPLINK);

  ToldNode {
    policies = List.copyOf(policies);
    addressSets = Map.copyOf(addressSets);
  }

  /** Asks the cluster for a node; ends the command if there is none of that name. */
  static ToldNode read(String name, ClusterView view, SeenAddressSets sets)
      throws KubectlException {
    var state = state(name, view);
    var spec = state.spec();
    if (spec == null || spec.revision() == null || spec.node() == null) {
      throw new Failure(
          ExitCode.REFUSED, "nobody has told " + name + " what to run: does the operator run?");
    }
    return new ToldNode(
        name,
        state,
        spec.node(),
        spec.revision().isEmpty() ? List.of() : policies(spec.revision(), view),
        sets.content());
  }

  private static List<RevisionPolicy> policies(String revision, ClusterView view)
      throws KubectlException {
    return view.revision(revision)
        .map(HostFirewallRevisionSpec::policies)
        .orElseThrow(
            () ->
                new Failure(
                    ExitCode.REFUSED,
                    "revision %s is gone, and the operator has not made it again: does it run?"
                        .formatted(revision)));
  }

  /** The state of a node; ends the command if there is none of that name. */
  static NodeState state(String name, ClusterView view) throws KubectlException {
    var state = view.nodeState(name);
    if (state.isPresent()) {
      return state.get();
    }
    var names = view.nodeStates().keySet();
    throw Failure.invalid(
        names.isEmpty()
            ? "no node of this cluster has a HostFirewallNodeState: does the operator run?"
            : "no node with a HostFirewallNodeState is called \"%s\".%s"
                .formatted(name, hint(name, List.copyOf(names))));
  }

  private static String hint(String name, List<String> names) {
    var hint = Spelling.hint(name, names);
    return hint.isEmpty() ? " kubectl hostfirewall status lists them." : hint;
  }

  /** The revision that it shall run; empty for none. */
  String revision() {
    return state.spec() == null ? "" : state.spec().revision();
  }

  /** Sends a packet through what it is told to enforce. */
  Explanation explain(Question question) {
    var family = question.packet().family();
    var rules = rules(policies, family);
    var sets = Stream.concat(liveSets(family).stream(), rules.sets().stream()).toList();
    return Explanation.of(question, Judges.of(rules, sets), new PolicyFields(policies))
        .assuming(assumption());
  }

  /** The rules that policies mean on it. */
  RuleSet rules(List<RevisionPolicy> some, Family family) {
    return some.isEmpty()
        ? new RuleSet(family, List.of(), List.of())
        : Compiler.compile(PolicyMerge.merge(some), facts(), family);
  }

  /** The sets beside those of rules, as it would have them. */
  List<IpSet> liveSets(Family family) {
    return LiveSets.of(facts(), addressSets, family);
  }

  private NodeFacts facts() {
    return NodeObserver.unseen(List.of(), List.of(POD_INTERFACE), description, pods(), List.of());
  }

  private List<Cidr> pods() {
    return addressSets.getOrDefault(SetNames.CLUSTER_PODS, List.of());
  }

  /** What is taken for true of it, in one sentence without a full stop. */
  private String assumption() {
    return ("what only %s itself knows: its pods send by %s and everybody else by %s, it asks no name servers, has no"
            + " rules of others, and its agent no options about interfaces, administrators or the"
            + " API server")
        .formatted(name, POD_INTERFACE, UPLINK);
  }

  /** What else is to be said of it, a sentence each without a full stop. */
  List<String> remarks() {
    var remarks = new ArrayList<String>();
    var report = NodeReport.of(name, state, List.of(), Optional.empty(), new Unseen());
    if (!report.enforced()) {
      remarks.add(
          "%s does not enforce this now: it is %s%s"
              .formatted(
                  name, report.state(), report.message().isEmpty() ? "" : ", " + report.message()));
    }
    if (revision().isEmpty()) {
      remarks.add("no policy selects " + name);
    }
    for (var policy : policies) {
      NamedSets.of(policy.spec()).stream()
          .filter(set -> !addressSets.containsKey(set))
          .forEach(
              set ->
                  remarks.add(
                      "address set %s, which policy %s names, is gone: %s keeps what it held, here it is empty"
                          .formatted(set, policy.name(), name)));
    }
    return remarks;
  }

  @Override
  public Cidr address(Family family) {
    return description.addresses().stream()
        .filter(address -> address.contains(":") == (family == Family.IPV6))
        .findFirst()
        .map(Cidr::parse)
        .orElseGet(() -> UNSEEN.address(family));
  }

  @Override
  public String interfaceTowards(Cidr address) {
    return pods().stream().anyMatch(pod -> pod.contains(address)) ? POD_INTERFACE : UPLINK;
  }
}
