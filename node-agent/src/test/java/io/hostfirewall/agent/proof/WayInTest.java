package io.hostfirewall.agent.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.node.TcpSocket;
import io.hostfirewall.agent.policyfile.PolicyFiles;
import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WayInTest {

  private static final Cidr NODE = Cidr.parse("10.99.0.11");
  private static final Cidr ADMIN = Cidr.parse("203.0.113.7");
  private static final String OPEN =
      "nodeSelector: {}\ningress:\n- {name: ssh, action: Accept, ports: [{protocol: TCP, port: 22}]}\n";
  private static final String CLOSED = "nodeSelector: {}\n";

  private static TcpSocket session(Cidr peer, int port) {
    return new TcpSocket(TcpSocket.State.ESTABLISHED, NODE, port, peer, 40000);
  }

  private static TcpSocket listener(int port) {
    var any = Cidr.parse("0.0.0.0/32");
    return new TcpSocket(TcpSocket.State.LISTEN, any, port, any, 0);
  }

  private static WayIn proof(TcpSocket... sockets) {
    return new WayIn(
        () -> List.of(sockets),
        (all, visited) -> Set.of(22),
        address -> "eth0",
        () -> List.of(NODE));
  }

  private static Wanted wanted(String policy) {
    return wanted(policy, NodeFacts.standAlone());
  }

  static List<RevisionPolicy> read(String spec) {
    var text =
        """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallPolicy
        metadata: {name: p}
        spec:
        """
            + spec.indent(2);
    var read =
        PolicyFiles.read(
            List.of("-"), new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    return read.policies();
  }

  private static Wanted wanted(String policy, NodeFacts facts) {
    return Wanted.of(
        PolicyMerge.merge(read(policy)), facts, Map.of(), List.of(Family.IPV4), "hfr-1");
  }

  @Test
  void who_is_connected_by_ssh_must_be_able_to_come_again() {
    var proof = proof(session(ADMIN, 22), listener(22));

    assertThat(proof.objection(wanted(OPEN))).isEmpty();
    assertThat(proof.objection(wanted(CLOSED)))
        .hasValueSatisfying(
            objection -> {
              assertThat(objection.why()).isEqualTo(Outcome.Why.WOULD_LOCK_OUT);
              assertThat(objection.sentence())
                  .isEqualTo(
                      "203.0.113.7 is connected to port 22 and could not connect again:"
                          + " its packets would be dropped by (default) defaultActions.ingress");
            });
  }

  @Test
  void visitors_of_other_servers_may_be_refused() {
    assertThat(proof(session(ADMIN, 80), listener(80)).objection(wanted(CLOSED))).isEmpty();
  }

  @Test
  void who_is_not_connected_is_nobodys_concern() {
    assertThat(proof(listener(22)).objection(wanted(CLOSED))).isEmpty();
  }

  @Test
  void a_lockout_that_was_acknowledged_is_none() {
    var proof = proof(session(ADMIN, 22), listener(22));

    assertThat(proof.objection(wanted(CLOSED + "acknowledgeLockout: true\n"))).isEmpty();
  }

  @Test
  void administrators_whose_networks_were_named_pass_whatever_the_policy_says() {
    var door = new NodeFacts.Door(List.of(22), List.of(Cidr.parse("203.0.113.0/24")));
    var proof = proof(session(ADMIN, 22), listener(22));

    assertThat(proof.objection(wanted(CLOSED, withSsh(door)))).isEmpty();
  }

  @Test
  void administrators_whose_networks_were_named_need_not_be_connected() {
    var door = new NodeFacts.Door(List.of(22, 2222), List.of(Cidr.parse("10.99.0.8/29")));
    var closed = wanted(CLOSED);
    var forgetful =
        new Wanted(closed.rules(), List.of(), List.of(), door, false, closed.revision());

    assertThat(proof().objection(wanted(CLOSED, withSsh(door)))).isEmpty();
    assertThat(proof().foreseen(forgetful))
        .extracting(Objection::sentence)
        .containsExactly(
            "an administrator of 10.99.0.8/29 could not connect to port 22: its packets would be"
                + " dropped by (default) defaultActions.ingress",
            "an administrator of 10.99.0.8/29 could not connect to port 2222: its packets would be"
                + " dropped by (default) defaultActions.ingress");
  }

  @Test
  void administrators_are_looked_after_though_nobody_knows_the_addresses_of_this_host() {
    var networks = List.of(Cidr.parse("10.99.0.8/29"), Cidr.parse("2001:db8:1::/48"));
    var door = new NodeFacts.Door(List.of(22), networks);
    var families = List.of(Family.values());
    var open =
        Wanted.of(PolicyMerge.merge(read(CLOSED)), withSsh(door), Map.of(), families, "hfr-1");
    var closed =
        Wanted.of(
            PolicyMerge.merge(read(CLOSED)), NodeFacts.standAlone(), Map.of(), families, "hfr-1");
    var forgetful =
        new Wanted(closed.rules(), List.of(), List.of(), door, false, closed.revision());
    var lost = new WayIn(List::of, (all, visited) -> Set.of(22), address -> "eth0", List::of);

    assertThat(lost.foreseen(open)).isEmpty();
    assertThat(lost.foreseen(forgetful))
        .extracting(Objection::why)
        .containsExactly(Outcome.Why.WOULD_LOCK_OUT, Outcome.Why.WOULD_LOCK_OUT);
  }

  private static NodeFacts withSsh(NodeFacts.Door door) {
    var none = NodeFacts.standAlone();
    return new NodeFacts(
        none.uplinks(),
        none.podInterfacePrefixes(),
        false,
        none.bridges(),
        false,
        null,
        NodeFacts.Door.NONE,
        door,
        none.ownNetworks(),
        none.podInterfaces(),
        none.routedPods(),
        none.nameServers(),
        none.logTarget(),
        none.untracking());
  }

  @Test
  void taking_all_rules_away_locks_nobody_out() {
    assertThat(proof(session(ADMIN, 22), listener(22)).objection(Wanted.nothing())).isEmpty();
  }

  @Test
  void sockets_that_cannot_be_read_prove_nothing() {
    var blind =
        new WayIn(
            () -> {
              throw new IOException("no such file");
            },
            (all, visited) -> Set.of(),
            address -> "",
            List::of);

    assertThat(blind.objection(wanted(OPEN))).isPresent();
  }

  @Test
  void a_network_of_this_host_that_cannot_be_read_proves_nothing() {
    var lost =
        new WayIn(
            () -> List.of(session(ADMIN, 22), listener(22)),
            (all, visited) -> Set.of(22),
            address -> {
              throw new UncheckedIOException("cannot read it", new IOException("no file"));
            },
            List::of);

    assertThat(lost.objection(wanted(OPEN)))
        .hasValueSatisfying(
            objection -> assertThat(objection.why()).isEqualTo(Outcome.Why.PROBE_FAILED));
  }
}
