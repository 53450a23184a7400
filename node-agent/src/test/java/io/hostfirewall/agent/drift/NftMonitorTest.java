package io.hostfirewall.agent.drift;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NftMonitorTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "delete rule ip filter HFW-INPUT handle 12",
        "delete chain ip6 raw HFW-RAW-1f0c39ab",
        "delete rule ip filter INPUT handle 4",
        "delete rule ip filter OUTPUT handle 4",
        "insert rule ip6 filter FORWARD counter packets 0 bytes 0 accept",
        "delete table ip filter",
        "add rule ip raw PREROUTING counter jump X",
        "delete rule ip raw OUTPUT handle 5",
        "add table ip filter { flags dormant; }",
        "# ERROR: We lost some netlink events!"
      })
  void changes_near_our_rules_wake(String line) {
    assertThat(NftMonitor.concernsUs(line)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'add table ip filter { flags dormant; }', true",
    "'add table ip6 raw', true",
    "'# ERROR: We lost some netlink events!', true",
    "'add table ip nat { flags dormant; }', false",
    "'add rule ip filter INPUT counter jump X', false"
  })
  void only_what_happens_to_a_whole_table_of_ours_is_asked_about(String line, boolean asked) {
    assertThat(NftMonitor.isAboutTable(line)).isEqualTo(asked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "add rule ip nat KUBE-SERVICES counter jump KUBE-SVC-X",
        "add rule ip filter KUBE-FORWARD counter accept",
        "add element ip kube-proxy service-ips { 10.0.0.1 }",
        "# new generation 17 by process 123 (iptables-nft-re)"
      })
  void changes_of_others_let_the_agent_sleep(String line) {
    assertThat(NftMonitor.concernsUs(line)).isFalse();
  }
}
