package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A set of a hundred thousand networks is exchanged while packets ask it. */
@OnEveryBackEnd
class LargeSetsKernelIT extends KernelTest {

  private static final int NETWORKS = 100_000;

  /** Enough to hit a set that is half full now and then. */
  private static final int EXCHANGES = 3;

  private static final long ENOUGH = 1_000;

  private static final String BLOCKED_AND_OPEN =
      policy(
          "large",
          """
          ingress:
          - name: open
            action: Accept
            from: [{addressSet: large}]
            ports: [{protocol: UDP, port: %d}]
          """
              .formatted(Flood.OPEN));

  private Flood flood;

  @BeforeEach
  void listen() {
    flood = new Flood(topology);
  }

  @AfterEach
  void stop() {
    flood.close();
  }

  /** Networks that touch no other, and those from which the flood comes. */
  private static List<String> networks(int first) {
    var networks = new ArrayList<String>();
    for (var i = 0; i < NETWORKS; i++) {
      networks.add("%d.%d.%d.0/25".formatted(first + i / 65_536, i / 256 % 256, i % 256));
    }
    networks.addAll(List.of("192.0.2.0/23", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32"));
    return networks;
  }

  private void set(int first) {
    host.addressSet("large", networks(first).toArray(String[]::new));
  }

  @Test
  void it_is_never_half_full() {
    set(10);
    host.apply(BLOCKED_AND_OPEN);

    var seen =
        flood.during(
            () -> {
              for (var i = 0; i < EXCHANGES; i++) {
                set(20 + 10 * i);
                host.follow(BLOCKED_AND_OPEN);
              }
            });

    Figures.note(
        "%s: %d exchanges of %d networks: of %d packets of members %d lost"
            .formatted(setting, EXCHANGES, NETWORKS, seen.open().arrived(), seen.open().lost()));
    assertThat(seen.open().arrived()).isGreaterThan(ENOUGH);
    assertThat(seen.open().lost()).as("lost of members").isZero();
    assertThat(seen.closed().passed()).as("leaked").isZero();
  }

  @Test
  void one_that_is_emptied_and_filled_again_loses_its_members() {
    set(10);
    host.apply(BLOCKED_AND_OPEN);
    var name = SetNames.addressSet(Family.IPV4, "large");
    var text = new StringBuilder("flush " + name + "\n");
    networks(20).stream()
        .filter(network -> !network.contains(":"))
        .forEach(network -> text.append("add " + name + " " + network + "\n"));

    var seen =
        flood.during(() -> topology.host().run(List.of("ipset", "restore"), text.toString()));

    assertThat(seen.open().lost()).as("lost of members").isPositive();
  }
}
