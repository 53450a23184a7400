package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.SSH;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Segments that no honest host sends find nobody at home. */
@OnEveryBackEndAndFamily
class ScansKernelIT extends KernelTest {

  private static final int TIMES = 20;

  /**
   * NULL, FIN, XMAS, ALL, SYN+FIN, SYN+RST, FIN+RST, and PSH and URG without ACK. Those with ACK
   * are for the rules that would else hide behind the one for FIN without ACK.
   */
  private static final List<String> BOGUS =
      List.of("", "F", "FPU", "FSRPAU", "FS", "FSA", "SR", "FR", "FRA", "P", "U");

  /** Connection tracking calls these invalid, and the end of a connection that never was. */
  private static final List<String> UNSOLICITED = List.of("SA", "R", "RA", "FA");

  private static final String UNPROTECTED =
      "bogusTcpFlags: Disabled, newNotSyn: Disabled, invalidState: Disabled";

  /** The web is open, and nothing but the named protection stands before it. */
  private static String openWeb(String protection) {
    return policy(
        "open-web",
        """
        protections: {%s}
        ingress:
        - {name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}
        """
            .formatted(UNPROTECTED.replace(protection + ": Disabled", protection + ": Drop")));
  }

  private static String openWeb() {
    return openWeb("none");
  }

  @BeforeEach
  void serve() {
    host.listen(WEB, SSH);
  }

  private void everyScanIsSeen(List<String> scans) {
    for (var flags : scans) {
      assertThat(attacker.scan(TIMES, flags, WEB)).as(flags).delivered(TIMES);
    }
  }

  private void everyScanVanishes(List<String> scans) {
    for (var flags : scans) {
      assertThat(attacker.scan(TIMES, flags, WEB)).as(flags).vanished();
    }
  }

  @Test
  void without_the_protections_every_scan_is_seen() {
    host.apply(openWeb());

    everyScanIsSeen(BOGUS);
    everyScanIsSeen(UNSOLICITED);
    everyScanIsSeen(List.of("A"));
  }

  @Test
  void bogus_flags_are_dropped_by_their_own_rules() {
    host.apply(openWeb("bogusTcpFlags"));

    everyScanVanishes(BOGUS);
    everyScanIsSeen(List.of("A"));
  }

  @Test
  void a_new_connection_that_does_not_begin_with_syn_is_dropped_by_its_own_rule() {
    host.apply(openWeb("newNotSyn"));

    everyScanVanishes(List.of("A"));
    everyScanIsSeen(List.of("R"));
  }

  @Test
  void what_belongs_to_no_connection_is_dropped_as_invalid() {
    host.apply(openWeb("invalidState"));

    everyScanVanishes(List.of("SA", "R"));
    everyScanIsSeen(List.of("A"));
  }

  @Test
  void the_web_server_answers_no_scan_and_accepts_congestion_notification() {
    host.apply(webServer());

    everyScanVanishes(BOGUS);
    everyScanVanishes(UNSOLICITED);
    everyScanVanishes(List.of("A"));
    assertThat(attacker.scan(TIMES, "SEC", WEB)).accepted(TIMES);
  }

  @Test
  void a_connection_lives_on_while_its_port_is_scanned() {
    host.apply(webServer());
    try (var session = visitor().connect(WEB).orElseThrow()) {
      everyScanVanishes(BOGUS);
      everyScanVanishes(UNSOLICITED);
      assertThat(session.isAlive()).isTrue();
    }
  }
}
