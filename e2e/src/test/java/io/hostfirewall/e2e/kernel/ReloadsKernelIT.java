package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.SSH;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * While rules are tried, confirmed and rolled back no packet slips through and none is lost. {@code
 * -Dhostfirewall.reloads} says how often.
 */
@OnEveryBackEnd
class ReloadsKernelIT extends KernelTest {

  private static final int RELOADS = Integer.getInteger("hostfirewall.reloads", 120);

  /** Each class of packets is measured with at least so many. */
  private static final long ENOUGH = 10_000;

  private Flood flood;

  @BeforeEach
  void listen() {
    flood = new Flood(topology);
  }

  @AfterEach
  void stop() {
    flood.close();
  }

  private static String withExtraPort(int port) {
    return policy(
        "reloaded",
        """
        ingress:
        - name: open
          action: Accept
          ports: [{protocol: UDP, port: %d}, {protocol: TCP, port: %d}]
        - name: ssh
          action: Accept
          ports: [{protocol: TCP, port: %d}]
          rateLimit: {limit: 1, unit: Hour, burst: 1}
        """
            .formatted(Flood.OPEN, port, SSH));
  }

  @Test
  void a_reload_neither_leaks_nor_loses_nor_forgets_who_spent_a_budget() {
    host.listen(SSH);
    host.apply(withExtraPort(1));
    assertThat(attacker.connect(20, SSH)).accepted(1);

    var seen =
        flood.during(
            () -> {
              for (int i = 2; i <= RELOADS; i++) {
                if (i % 4 == 0) {
                  host.tryInVain(withExtraPort(i));
                } else {
                  host.apply(withExtraPort(i));
                }
              }
            });
    note(RELOADS + " exchanges, every fourth rolled back", seen);
    assertThat(seen.closed().arrived()).isGreaterThan(ENOUGH);
    assertThat(seen.open().arrived()).isGreaterThan(ENOUGH);
    assertThat(seen.established().arrived()).isGreaterThan(ENOUGH);
    assertThat(seen.closed().passed()).as("leaked").isZero();
    assertThat(seen.open().lost()).as("lost of new connections").isZero();
    assertThat(seen.established().lost()).as("lost of established connections").isZero();
    assertThat(attacker.connect(20, SSH)).as("no fresh budget").vanished();
    assertThat(neighbour.connect(20, SSH)).accepted(1);
  }

  @Test
  void a_naive_reload_under_an_open_policy_leaks() {
    host.naiveRules("ACCEPT", Flood.OPEN);

    var seen = flood.during(() -> reloadNaively("ACCEPT"));
    note("control: iptables -F and -A under an open chain policy", seen);
    assertThat(seen.closed().passed()).as("leaked").isPositive();
  }

  @Test
  void a_naive_reload_under_a_closed_policy_loses() {
    host.naiveRules("DROP", Flood.OPEN);

    var seen = flood.during(() -> reloadNaively("DROP"));
    note("control: iptables -F and -A under a closed chain policy", seen);
    assertThat(seen.open().lost()).as("lost of new connections").isPositive();
    assertThat(seen.established().lost()).as("lost of established connections").isPositive();
    assertThat(seen.established().passed()).as("passed between").isPositive();
    assertThat(seen.closed().passed()).as("leaked").isZero();
  }

  private void note(String what, Flood.Seen seen) {
    Figures.note(
        "%s: %s: of %d + %d + %d packets %d leaked, %d new and %d established lost"
            .formatted(
                setting,
                what,
                seen.closed().arrived(),
                seen.open().arrived(),
                seen.established().arrived(),
                seen.closed().passed(),
                seen.open().lost(),
                seen.established().lost()));
  }

  private void reloadNaively(String chainPolicy) {
    for (int i = 0; i < 5; i++) {
      host.naiveRules(chainPolicy, Flood.OPEN);
    }
  }
}
