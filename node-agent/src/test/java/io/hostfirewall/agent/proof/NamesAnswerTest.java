package io.hostfirewall.agent.proof;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.policyfile.PolicyFiles;
import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamesAnswerTest {

  private static final Wanted CLOSED = wanted("defaultActions: {egress: Deny}");
  private static final Wanted OPEN = wanted("priority: 1");
  private static final Cidr HERE = Cidr.parse("127.0.0.1");

  private static Wanted wanted(String spec) {
    var text =
        """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallPolicy
        metadata: {name: p}
        spec:
          nodeSelector: {}
        """
            + spec.indent(2);
    var policies =
        PolicyFiles.read(
                List.of("-"), new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
            .policies();
    return Wanted.of(
        PolicyMerge.merge(policies),
        NodeFacts.standAlone(),
        Map.of(),
        List.of(Family.values()),
        "hfr-test");
  }

  /** Sends every question back, which is enough of an answer. */
  private static final class Server implements AutoCloseable {
    private final DatagramSocket socket;

    Server() throws IOException {
      socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"));
      Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
      var question = new DatagramPacket(new byte[512], 512);
      try {
        while (!socket.isClosed()) {
          socket.receive(question);
          socket.send(question);
        }
      } catch (IOException e) {
        // It was closed.
      }
    }

    NamesAnswer proof() {
      return new NamesAnswer(() -> List.of(HERE), socket.getLocalPort(), Duration.ofMillis(500));
    }

    @Override
    public void close() {
      socket.close();
    }
  }

  @Test
  void a_server_that_answered_before_must_answer_after() throws IOException {
    NamesAnswer proof;
    try (var server = new Server()) {
      proof = server.proof();
      proof.before(CLOSED);
      assertThat(proof.objection(CLOSED)).isEmpty();
    }
    assertThat(proof.objection(CLOSED))
        .contains(
            new Objection(
                Outcome.Why.PROBE_FAILED,
                "no name server that answered before answers under the new rules: 127.0.0.1"));
  }

  @Test
  void one_that_was_silent_before_proves_nothing() throws IOException {
    NamesAnswer proof;
    try (var server = new Server()) {
      proof = server.proof();
    }
    proof.before(CLOSED);

    assertThat(proof.objection(CLOSED)).isEmpty();
  }

  @Test
  void nobody_is_asked_where_nothing_judges_what_the_host_sends() throws IOException {
    NamesAnswer proof;
    try (var server = new Server()) {
      proof = server.proof();
      proof.before(OPEN);
    }
    assertThat(proof.objection(OPEN)).isEmpty();
  }
}
