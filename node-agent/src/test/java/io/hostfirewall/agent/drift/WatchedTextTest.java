package io.hostfirewall.agent.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.Damage;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What nft, ipset and iptables print all the time, damaged: no watcher ends over it. */
class WatchedTextTest {

  private static final String MONITOR =
      "add rule ip filter INPUT ip saddr 10.0.0.0/8 counter packets 0 bytes 0 jump HFW-INPUT-4a";

  private static final String RULE = "-A INPUT -m set --match-set hfw4-on src -j HFW-INPUT-4a";

  private static final String LISTING =
      """
      ipset> Name: hfw4-a-0123456789ab
      Type: hash:net
      Header: family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x0ed7e9d8
      Number of entries: 2
      Members:
      10.1.0.0/16
      10.2.0.0/16
      """;

  @Provide
  Arbitrary<String> lines() {
    return Damage.of(MONITOR, "HFW-", "delete table", "\n", "\\", "(");
  }

  @Provide
  Arbitrary<String> listings() {
    return Damage.of(
        LISTING, "Name: ", "\nName: \n", "Members:", "Number of entries: ", "99999999999", "-1");
  }

  @Provide
  Arbitrary<String> rules() {
    return Damage.of(RULE, "HFW-", "-N ", "-P INPUT ", "*", "-A INPUT ");
  }

  @Example
  void what_is_damaged_was_whole() {
    assertThat(NftMonitor.concernsUs(MONITOR)).isTrue();
    assertThat(SetPoll.read(LISTING)).singleElement().extracting("size").isEqualTo(2);
    assertThat(LegacyPoll.concernsUs(RULE)).isTrue();
  }

  @Property(tries = 1000)
  void every_line_of_the_monitor_concerns_us_or_not(@ForAll("lines") String line) {
    assertThat(NftMonitor.concernsUs(line)).isEqualTo(NftMonitor.concernsUs(line + " "));
  }

  @Property(tries = 1000)
  void listings_of_sets_are_read(@ForAll("listings") String text) {
    assertThat(SetPoll.read(text)).allMatch(seen -> seen.size() >= -1);
  }

  @Property(tries = 1000)
  void every_line_of_iptables_concerns_us_or_not(@ForAll("rules") String line) {
    assertThat(LegacyPoll.concernsUs(line)).isEqualTo(LegacyPoll.concernsUs(line + "\n"));
  }
}
