package io.hostfirewall.e2e.kernel;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.IpSetCommands;
import io.hostfirewall.agent.kernel.IpSets;
import io.hostfirewall.agent.kernel.Kernel;
import io.hostfirewall.agent.kernel.Xtables;
import io.hostfirewall.agent.kernel.XtablesCommands;
import io.hostfirewall.agent.policyfile.PolicyFiles;
import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.agent.transaction.DiskJournal;
import io.hostfirewall.agent.transaction.FormerRules;
import io.hostfirewall.agent.transaction.Journal;
import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Proof;
import io.hostfirewall.agent.transaction.Transaction;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.agent.transaction.WarmUp;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.e2e.lab.NetNamespace;
import io.hostfirewall.ruleset.check.NamedSets;
import io.hostfirewall.ruleset.compile.LogTarget;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.Untracking;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.merge.RevisionContent;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The product on a host: the agent's own transaction, in this process, with its commands in the
 * host's namespace. What the command line adds is tried by the tests of the command line.
 */
final class Firewall {

  /** Time enough to confirm on a busy machine. */
  private static final Duration TRIAL = Duration.ofSeconds(30);

  private final BackEnd backEnd;
  private final Commands commands;
  private boolean clustered;
  private NodeFacts.Door ssh = NodeFacts.Door.NONE;
  private boolean connectionsExhausted;
  private LogTarget logTarget = new LogTarget.Kernel();
  private final Map<String, List<Cidr>> addressSets = new TreeMap<>();

  Firewall(BackEnd backEnd, NetNamespace namespace) {
    this.backEnd = backEnd;
    this.commands = new Commands(namespace.prefix());
  }

  private NodeFacts facts() {
    var own =
        new ArrayList<>(
            List.of(
                "192.0.2.1/32",
                "2001:db8:1::1/128",
                "10.42.0.1/32",
                "fd42::1/128",
                "fe80::ff:fe00:1/128"));
    if (clustered) {
      own.addAll(List.of("10.42.0.0/24", "fd42::/64"));
    }
    return new NodeFacts(
        List.of(),
        List.of(),
        Files.exists(Path.of("/proc/sys/net/bridge")),
        List.of("cni0"),
        clustered,
        clustered ? 10250 : null,
        NodeFacts.Door.open(clustered ? List.of(6443) : List.of()),
        ssh,
        own.stream().map(Cidr::parse).toList(),
        clustered
            ? List.of(
                new NodeFacts.PodRoute(Cidr.parse("0.0.0.0/0"), "cni0"),
                new NodeFacts.PodRoute(Cidr.parse("::/0"), "cni0"))
            : List.of(),
        List.of(),
        List.of(Cidr.parse("203.0.113.53"), Cidr.parse("2001:db8:a:53::1")),
        logTarget,
        connectionsExhausted ? Untracking.NEEDED : Untracking.READY);
  }

  /** From now on packets of which a policy says so are logged there. */
  void logTo(LogTarget target) {
    logTarget = target;
  }

  /** From now on the host is a node, an API server runs on it, and it trusts these addresses. */
  void joinCluster(List<String> nodes, List<String> apiServers, List<String> controlPlane) {
    clustered = true;
    addressSet("cluster-nodes", nodes);
    addressSet("cluster-apiservers", apiServers);
    addressSet("cluster-control-plane", controlPlane);
    addressSet("cluster-pods", List.of());
  }

  /**
   * From now on the host has an administrator, whose SSH no policy closes.
   *
   * @param connectionsExhausted whether the host can track no more connections
   */
  void administrator(int sshPort, String network, boolean connectionsExhausted) {
    ssh = new NodeFacts.Door(List.of(sshPort), List.of(Cidr.parse(network)));
    this.connectionsExhausted = connectionsExhausted;
  }

  /** From now on an address set holds these networks, as soon as policies are applied or healed. */
  void addressSet(String name, List<String> networks) {
    addressSets.put(name, networks.stream().map(Cidr::parse).toList());
  }

  Outcome apply(String... policies) {
    return apply(UnaryOperator.identity(), UnaryOperator.identity(), policies);
  }

  /** Applies the policies of a file; address sets that they name and nobody has are empty. */
  Outcome apply(Path file) {
    var read =
        PolicyFiles.open(List.of(file.toString()), InputStream.nullInputStream())
            .inCluster(addressSets.keySet());
    if (!read.problems().isEmpty()) {
      throw new IllegalArgumentException(read.problems().toString());
    }
    read.policies().stream()
        .flatMap(policy -> NamedSets.of(policy.spec()).stream())
        .forEach(name -> addressSets.putIfAbsent(name, List.of()));
    return transaction(UnaryOperator.identity(), UnaryOperator.identity(), Proof.none())
        .apply(wanted(read.policies()), TRIAL);
  }

  /** Applies policies by an iptables and an ipset that somebody tampered with. */
  Outcome apply(UnaryOperator<Xtables> iptables, UnaryOperator<IpSets> ipset, String... policies) {
    return transaction(iptables, ipset, Proof.none()).apply(wanted(policies), TRIAL);
  }

  /** Puts back what somebody changed since these policies were applied. */
  Outcome heal(String... policies) {
    return transaction(UnaryOperator.identity(), UnaryOperator.identity(), Proof.none())
        .heal(wanted(policies));
  }

  private Wanted wanted(String... policies) {
    return wanted(Arrays.stream(policies).map(Firewall::read).toList());
  }

  private Wanted wanted(List<RevisionPolicy> read) {
    return Wanted.of(
        PolicyMerge.merge(read),
        facts(),
        addressSets,
        List.of(Family.values()),
        RevisionContent.name(RevisionContent.of(read)));
  }

  /** Writes down in a state folder that these policies were confirmed. */
  void remember(Path state, String... policies) {
    new DiskJournal(new StateFolder(state)).next(Journal.Step.DONE, wanted(policies));
  }

  /** Tries policies which are rolled back, since somebody objects to them at the last moment. */
  Outcome tryInVain(String... policies) {
    return transaction(
            UnaryOperator.identity(),
            UnaryOperator.identity(),
            rules -> Optional.of(new Objection(Outcome.Why.PROBE_FAILED, "the test objects")))
        .apply(wanted(policies), TRIAL);
  }

  /** Applies a policy after the kernel had time to learn of old connections. */
  Outcome applyAfter(WarmUp warmUp, String policy) {
    var wanted =
        Wanted.of(
            PolicyMerge.merge(List.of(read(policy))),
            facts(),
            addressSets,
            List.of(Family.values()),
            "hfr-first");
    var kernel =
        new Kernel(
            new XtablesCommands(Backend.valueOf(backEnd.name()), commands),
            new IpSetCommands(commands),
            List.of(Family.values()));
    return new Transaction(
            kernel,
            FormerRules.none(),
            Clock.systemUTC(),
            Proof.none(),
            warmUp,
            Journal.none(),
            seen -> {})
        .apply(wanted, TRIAL);
  }

  /** Takes everything of ours away. */
  Outcome remove() {
    return transaction(UnaryOperator.identity(), UnaryOperator.identity(), Proof.none())
        .apply(Wanted.nothing(), TRIAL);
  }

  private Transaction transaction(
      UnaryOperator<Xtables> iptables, UnaryOperator<IpSets> ipset, Proof proof) {
    var kernel =
        new Kernel(
            iptables.apply(new XtablesCommands(Backend.valueOf(backEnd.name()), commands)),
            ipset.apply(new IpSetCommands(commands)),
            List.of(Family.values()));
    return new Transaction(kernel, Clock.systemUTC(), proof);
  }

  private static RevisionPolicy read(String yaml) {
    var policy = Serialization.unmarshal(yaml, HostFirewallPolicy.class);
    return new RevisionPolicy(policy.getMetadata().getName(), "", 0L, policy.getSpec());
  }
}
