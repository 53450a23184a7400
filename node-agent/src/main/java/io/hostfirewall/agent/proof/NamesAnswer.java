package io.hostfirewall.agent.proof;

import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Proof;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.TableName;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A name server that answered this host before still answers it. Asked only where rules judge what
 * the host sends: no others can stop a question.
 */
public final class NamesAnswer implements Proof {

  private static final int PORT = 53;

  /**
   * A fifth of what a resolver waits (resolv.conf(5), timeout): the rules are on trial meanwhile.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  /** A question or its answer may get lost (resolv.conf(5), attempts). */
  private static final int ATTEMPTS = 2;

  /** Who serves the root, which every name server knows (RFC 1035, 4.1). */
  private static final byte[] QUESTION = {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1};

  private static final int LONGEST_ANSWER = 512; // RFC 1035, 4.2.1

  private final Supplier<List<Cidr>> servers;
  private final int port;
  private final Duration patience;
  private List<Cidr> answered = List.of();

  /**
   * @param servers addresses of name servers
   */
  public NamesAnswer(Supplier<List<Cidr>> servers) {
    this(servers, PORT, PATIENCE);
  }

  NamesAnswer(Supplier<List<Cidr>> servers, int port, Duration patience) {
    this.servers = servers;
    this.port = port;
    this.patience = patience;
  }

  @Override
  public void before(Wanted wanted) {
    answered = judgesWhatIsSent(wanted) ? answering(servers.get()) : List.of();
  }

  private static boolean judgesWhatIsSent(Wanted wanted) {
    return wanted.rules().stream().anyMatch(rules -> rules.table(TableName.EGRESS).isPresent());
  }

  @Override
  public Optional<Objection> objection(Wanted wanted) {
    if (answered.isEmpty() || !answering(answered).isEmpty()) {
      return Optional.empty();
    }
    var names = answered.stream().map(Cidr::setEntry).collect(Collectors.joining(", "));
    return Optional.of(
        new Objection(
            Outcome.Why.PROBE_FAILED,
            "no name server that answered before answers under the new rules: " + names));
  }

  private List<Cidr> answering(List<Cidr> servers) {
    return servers.parallelStream().filter(this::answers).toList();
  }

  private boolean answers(Cidr server) {
    try (var socket = new DatagramSocket()) {
      socket.setSoTimeout((int) patience.toMillis());
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral(server.setEntry()), port));
      // One for all attempts: whoever is slow answers the first while the second waits.
      var id = (short) ThreadLocalRandom.current().nextInt();
      for (var attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (isAnswered(socket, id)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false; // There is no way to it, or a rule dropped the question.
    }
  }

  private static boolean isAnswered(DatagramSocket socket, short id) throws IOException {
    var question = ByteBuffer.wrap(QUESTION.clone()).putShort(0, id).array();
    var answer = new DatagramPacket(new byte[LONGEST_ANSWER], LONGEST_ANSWER);
    socket.send(new DatagramPacket(question, question.length));
    try {
      socket.receive(answer);
      return answer.getLength() > 2 && ByteBuffer.wrap(answer.getData()).getShort() == id;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }
}
