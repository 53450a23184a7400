package io.hostfirewall.e2e.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Datagrams at a node without a pause: to a port that the policy closes, to one that it opens, and
 * of a flow that the node itself began. The node's kernel counts them before the first rule and
 * behind the last, so nothing goes unseen.
 */
final class Traffic implements AutoCloseable {

  static final int CLOSED = 9;
  static final int OPEN = 7000;
  private static final int OWN = 5000;

  /** Of each kind, one packet in so many microseconds. */
  private static final int GAP_MICROS = 1000;

  private static final Pattern COUNTER =
      Pattern.compile("counter (\\w+) \\{\\s*packets (\\d+)", Pattern.MULTILINE);

  /** What became of the packets of one kind. */
  record Kind(long arrived, long passed) {
    long lost() {
      return arrived - passed;
    }
  }

  record Seen(Kind closed, Kind open, Kind own) {}

  private final Stranger stranger;
  private final KubeletNode node;
  private final List<Process> senders = new ArrayList<>();

  Traffic(Stranger stranger, KubeletNode node) {
    this.stranger = stranger;
    this.node = node;
    // Flows of one packet are no burden for what follows.
    node.run("sysctl", "-qw", "net.netfilter.nf_conntrack_udp_timeout=2");
    node.runWith(observer(), "nft", "-f", "-");
    node.runWith(
        "x",
        "socat",
        "-u",
        "-",
        "UDP4-SENDTO:%s:%d,sourceport=%d".formatted(stranger.address(), OWN + 1, OWN));
    send("-p", Integer.toString(CLOSED));
    send("-p", Integer.toString(OPEN));
    send("-p", Integer.toString(OWN), "-s", Integer.toString(OWN + 1), "-k");
  }

  private void send(String... options) {
    var command = new ArrayList<>(stranger.namespace().prefix());
    command.addAll(List.of("hping3", "-q", "--udp", "-i", "u" + GAP_MICROS));
    command.addAll(List.of(options));
    command.add(node.address());
    try {
      senders.add(
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String observer() {
    var ports = List.of(CLOSED, OPEN, OWN);
    var text = new StringBuilder("table inet observer\ndelete table inet observer\n");
    text.append("table inet observer {\n");
    for (var port : ports) {
      text.append("counter arrived%d {}\ncounter passed%d {}\n".formatted(port, port));
    }
    text.append("chain before { type filter hook prerouting priority -500;\n");
    ports.forEach(
        port ->
            text.append(
                "iifname eth0 udp dport %d counter name arrived%d\n".formatted(port, port)));
    text.append("}\nchain behind { type filter hook input priority 500;\n");
    ports.forEach(
        port ->
            text.append("iifname eth0 udp dport %d counter name passed%d\n".formatted(port, port)));
    return text.append("}\n}\n").toString();
  }

  /** How many packets of the rarest kind arrived so far. */
  long arrived() {
    var seen = counted();
    return Stream.of(seen.closed(), seen.open(), seen.own())
        .mapToLong(Kind::arrived)
        .min()
        .orElseThrow();
  }

  /** Ends it and tells what became of all packets. */
  Seen end() {
    stopSending();
    return counted();
  }

  private Seen counted() {
    var matcher = COUNTER.matcher(node.run("nft", "list", "counters", "table", "inet", "observer"));
    var counters = new HashMap<String, Long>();
    while (matcher.find()) {
      counters.put(matcher.group(1), Long.parseLong(matcher.group(2)));
    }
    var kinds = new ArrayList<Kind>();
    for (int port : new int[] {CLOSED, OPEN, OWN}) {
      kinds.add(new Kind(counters.get("arrived" + port), counters.get("passed" + port)));
    }
    return new Seen(kinds.get(0), kinds.get(1), kinds.get(2));
  }

  private void stopSending() {
    for (var sender : senders) {
      if (!sender.isAlive()) {
        throw new IllegalStateException("hping3 ended early: " + sender.info());
      }
      sender.destroyForcibly();
      sender.onExit().join();
    }
    senders.clear();
  }

  @Override
  public void close() {
    senders.forEach(Process::destroyForcibly);
    node.attempt("nft", "delete", "table", "inet", "observer");
  }
}
