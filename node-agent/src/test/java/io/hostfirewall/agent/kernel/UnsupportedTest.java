package io.hostfirewall.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The refusals are as iptables 1.8.9 and ipset 7.17 print them. */
class UnsupportedTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "iptables-nft-restore: Warning: Extension hashlimit revision 0 not supported, missing kernel module? | rateLimit | its kernel has no xt_hashlimit",
        "iptables-nft-restore: iptables-nft-restore v1.8.9 (nf_tables): Couldn't load match `addrtype':No such file or directory | protections.spoofedSource | its iptables has no addrtype",
        "iptables-nft-restore: Warning: Extension CT revision 0 not supported, missing kernel module? | SSH of agent.adminNetworks beside a full table of connections | its kernel has no xt_CT",
        "iptables-nft-restore: iptables-nft-restore v1.8.9 (nf_tables): unknown option \"--notrack\" | SSH of agent.adminNetworks beside a full table of connections | its iptables has no CT",
        "iptables-legacy-restore: iptables-restore v1.8.9 (legacy): iptables-restore: unable to initialize table 'raw' | Policies | its kernel has no table raw",
        "ipset: ipset v7.17: Error in line 1: Kernel error received: set type not supported | Policies | ip_set_hash_netiface",
        "ipset: ipset v7.17: Cannot open session to kernel. | Policies | its kernel has no ipset",
        "cannot run ip6tables-nft-save: is it installed? | Policies | it has no program ip6tables-nft-save",
      })
  void what_a_node_lacks_is_named_with_what_needs_it(String refusal, String use, String lack) {
    assertThat(Unsupported.in(refusal))
        .hasValueSatisfying(
            sentence ->
                assertThat(sentence)
                    .startsWith(use + " cannot be enforced on this node: ")
                    .contains(lack)
                    .contains(refusal));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "iptables-nft-restore: iptables-nft-restore v1.8.9 (nf_tables): line 3: RULE_APPEND failed (No such file or directory): rule in chain HFW-X",
        "iptables-legacy-restore: iptables-restore: line 4 failed",
        "iptables-nft-restore: Another app is currently holding the xtables lock; waited 10s",
        "ipset: ipset v7.17: Error in line 1: Set cannot be created: set with the same name already exists",
        "iptables-nft-save did not end within 60 s",
      })
  void other_refusals_are_not_mistaken_for_it(String refusal) {
    assertThat(Unsupported.in(refusal)).isEmpty();
  }

  @Test
  void that_packets_cannot_be_left_untracked_is_told_from_the_rest() {
    var words = "Warning: Extension %s revision 0 not supported, missing kernel module?";
    assertThat(Unsupported.isUntracking(words.formatted("CT"))).isTrue();
    assertThat(Unsupported.isUntracking("Couldn't load target `CT':No such file")).isTrue();
    assertThat(Unsupported.isUntracking("v1.8.9 (legacy): unknown option \"--notrack\"")).isTrue();
    assertThat(Unsupported.isUntracking("v1.8.9 (legacy): unknown option \"--track\"")).isFalse();
    assertThat(Unsupported.isUntracking(words.formatted("conntrack"))).isFalse();
    assertThat(Unsupported.isUntracking("iptables-legacy-restore: line 4 failed")).isFalse();
  }

  @Test
  void a_program_that_is_missing_is_one() {
    try {
      Commands.here().run(List.of("no-such-iptables"), "");
    } catch (KernelException e) {
      assertThat(Unsupported.in(String.valueOf(e.getMessage()))).isPresent();
      return;
    }
    throw new AssertionError("it ran");
  }
}
