package io.hostfirewall.agent.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.node.TcpSocket;
import io.hostfirewall.agent.transaction.MemoryKernel;
import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.SetEdits;
import io.hostfirewall.agent.transaction.Transaction;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A change of an address set is judged before it is written, by who is connected. */
class SetEditsTest {

  private static final Cidr NODE = Cidr.parse("10.99.0.11");
  private static final List<RevisionPolicy> OFFICE_ONLY =
      WayInTest.read(
          """
          nodeSelector: {}
          ingress:
          - name: office
            action: Accept
            from: [{addressSet: office}]
            ports: [{protocol: TCP, port: 22}, {protocol: TCP, port: 6443}]
          """);

  /** A node with an API server of its own, which its failsafe does not know. */
  private static Wanted office(String... networks) {
    var wanted =
        Wanted.of(
            PolicyMerge.merge(OFFICE_ONLY),
            NodeFacts.standAlone(),
            Map.of("office", List.of(networks).stream().map(Cidr::parse).toList()),
            List.of(Family.IPV4),
            "hfr-1");
    return new Wanted(
        wanted.rules(), wanted.liveSets(), List.of(6443), wanted.ssh(), false, wanted.revision());
  }

  /** What is written of an edit while somebody is connected to this port. */
  private static SetEdits.Admitted edit(int port, Wanted to) {
    var session =
        new TcpSocket(TcpSocket.State.ESTABLISHED, NODE, port, Cidr.parse("203.0.113.7"), 40000);
    return edit(() -> List.of(session), to);
  }

  private static SetEdits.Admitted edit(WayIn.Sockets sockets, Wanted to) {
    var proof = new WayIn(sockets, (all, ports) -> Set.of(22), peer -> "eth0", () -> List.of(NODE));
    return new Transaction(new MemoryKernel().kernel(), Clock.systemUTC(), proof)
        .admit(office("203.0.113.0/24", "198.51.100.0/24"), to);
  }

  private static void assertHeldBack(SetEdits.Admitted admitted) {
    assertThat(admitted.objection())
        .map(Objection::sentence)
        .get()
        .asString()
        .contains("203.0.113.7");
    assertThat(admitted.wanted().liveSets())
        .isEqualTo(office("203.0.113.0/24", "198.51.100.0/24").liveSets());
  }

  @Test
  void one_that_takes_away_who_is_connected_is_not_written() {
    assertHeldBack(edit(22, office("198.51.100.0/24")));
    assertHeldBack(edit(6443, office("198.51.100.0/24")));
  }

  @Test
  void one_that_empties_a_set_in_which_somebody_connected_stands_is_not_written() {
    assertHeldBack(edit(22, office()));
    assertHeldBack(edit(6443, office()));
  }

  @Test
  void one_that_takes_away_nobody_who_administers_is_written() {
    for (var to : List.of(office("203.0.113.0/25"), office("203.0.113.7/32", "192.0.2.0/24"))) {
      assertThat(edit(22, to).objection()).isEmpty();
      assertThat(edit(22, to).wanted()).isEqualTo(to);
    }
    assertThat(edit(80, office()).wanted()).as("a visitor of the web").isEqualTo(office());
  }

  @Test
  void none_is_written_while_nobody_can_say_who_is_connected() {
    WayIn.Sockets unreadable =
        () -> {
          throw new IOException("too many open files");
        };

    for (var to : List.of(office(), office("198.51.100.0/24"))) {
      var admitted = edit(unreadable, to);
      assertThat(admitted.objection()).map(Objection::why).contains(Outcome.Why.PROBE_FAILED);
      assertThat(admitted.wanted()).isEqualTo(office("203.0.113.0/24", "198.51.100.0/24"));
    }
    assertThat(edit(List::of, office()).wanted()).as("control").isEqualTo(office());
  }

  @Test
  void who_is_locked_out_already_holds_nothing_up() {
    var stranger =
        new TcpSocket(TcpSocket.State.ESTABLISHED, NODE, 22, Cidr.parse("192.0.2.9"), 40000);

    assertThat(edit(() -> List.of(stranger), office()).wanted()).isEqualTo(office());
  }
}
