package io.hostfirewall.e2e.kernel;

import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.e2e.lab.NetNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Writes chains of its own in nat and filter again and again, as kube-proxy does: one restore
 * without a flush for each family, under the lock of iptables.
 */
final class SteadyWriter implements AutoCloseable {

  private static final int RULES = 30;

  private final NetNamespace namespace;
  private final BackEnd backEnd;
  private final AtomicInteger written = new AtomicInteger();
  private final AtomicBoolean ended = new AtomicBoolean();
  private final List<String> refusals = new ArrayList<>();
  private final Thread thread = Thread.ofPlatform().name("writer").unstarted(this::work);

  /** Writes once, and hooks its chains into the built-in ones. */
  SteadyWriter(NetNamespace namespace, BackEnd backEnd) {
    this.namespace = namespace;
    this.backEnd = backEnd;
    write(0);
    for (var family : Family.values()) {
      var iptables = backEnd.iptables(family);
      namespace.run(iptables, "-w", "10", "-A", "INPUT", "-j", "LOOP-FILTER");
      namespace.run(iptables, "-w", "10", "-t", "nat", "-A", "PREROUTING", "-j", "LOOP-NAT");
    }
  }

  void start() {
    thread.start();
  }

  private void work() {
    while (!ended.get()) {
      try {
        write(written.get() + 1);
        written.incrementAndGet();
      } catch (IllegalStateException e) {
        refusals.add(e.getMessage());
      }
    }
  }

  /** Exchanges all of its rules for those of this number. */
  void write(int number) {
    for (var family : Family.values()) {
      var restore = List.of(backEnd.iptables(family) + "-restore", "--noflush", "-w", "10");
      namespace.run(restore, text(number));
    }
  }

  private static String text(int number) {
    var text = new StringBuilder();
    for (var table : List.of("nat", "filter")) {
      var chain = "LOOP-" + (table.equals("nat") ? "NAT" : "FILTER");
      text.append("*%s%n:%s - [0:0]%n".formatted(table, chain));
      rules(number, chain).forEach(rule -> text.append(rule).append('\n'));
      text.append("COMMIT\n");
    }
    return text.toString();
  }

  private static List<String> rules(int number, String chain) {
    var rules = new ArrayList<String>();
    for (var i = 0; i < RULES; i++) {
      rules.add(
          "-A %s -p udp -m udp --dport %d -m comment --comment number-%d -j RETURN"
              .formatted(chain, 40000 + i, number));
    }
    return rules;
  }

  /** The rules that it wrote last and that do not stand in the kernel. */
  List<String> lost() {
    return lost(written.get());
  }

  /** The rules of a number that do not stand in the kernel, and jumps to their chains. */
  List<String> lost(int number) {
    var lost = new ArrayList<String>();
    for (var family : Family.values()) {
      var standing = namespace.run(backEnd.iptables(family) + "-save").lines().toList();
      var meant = new ArrayList<>(rules(number, "LOOP-NAT"));
      meant.addAll(rules(number, "LOOP-FILTER"));
      meant.addAll(List.of("-A INPUT -j LOOP-FILTER", "-A PREROUTING -j LOOP-NAT"));
      meant.stream().filter(rule -> !standing.contains(rule)).forEach(lost::add);
    }
    return lost;
  }

  /** Lets it finish what it is writing; says how often it wrote. */
  int end() {
    ended.set(true);
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return written.get();
  }

  /** What its writes were refused with. */
  List<String> refusals() {
    return List.copyOf(refusals);
  }

  @Override
  public void close() {
    end();
  }
}
