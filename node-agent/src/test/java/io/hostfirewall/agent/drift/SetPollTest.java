package io.hostfirewall.agent.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SetPollTest {

  /** As ipset 7.17 prints it, its prompt included. */
  private static String listing(String name, int size, String members) {
    return """
        ipset> Name: %s
        Type: hash:net
        Revision: 7
        Header: family inet hashsize 1024 maxelem 65536 bucketsize 12 initval 0x0ed7e9d8
        Size in memory: 1384
        References: 0
        Number of entries: %d
        %s"""
        .formatted(name, size, members);
  }

  private static IpSet set(String name, List<String> entries) {
    return new IpSet(name, IpSet.Type.NETWORKS, Family.IPV4, entries);
  }

  private static boolean holds(String listing, IpSet set) {
    return SetPoll.read(listing).stream().anyMatch(seen -> seen.mayBe(set));
  }

  @Test
  void a_set_is_what_is_meant_in_whatever_order_it_is_listed() {
    var listing =
        listing("a", 2, "Members:\n10.2.0.0/16\n10.1.0.0/16\n") + listing("b", 0, "Members:\n");
    assertThat(holds(listing, set("a", List.of("10.1.0.0/16", "10.2.0.0/16")))).isTrue();
    assertThat(holds(listing, set("b", List.of()))).isTrue();
    assertThat(SetPoll.read(listing)).hasSize(2);
  }

  @Test
  void a_set_that_was_emptied_changed_or_destroyed_is_not() {
    var meant = set("a", List.of("10.1.0.0/16", "10.2.0.0/16"));
    assertThat(holds(listing("a", 0, "Members:\n"), meant)).isFalse();
    assertThat(holds(listing("a", 2, "Members:\n10.1.0.0/16\n10.3.0.0/16\n"), meant)).isFalse();
    assertThat(holds("", meant)).isFalse();
  }

  @Test
  void of_a_large_set_the_number_of_entries_counts() {
    var entries = IntStream.range(0, 65).mapToObj(i -> "10.1." + i + ".0/24").toList();
    assertThat(holds(listing("a", 65, ""), set("a", entries))).isTrue();
    assertThat(holds(listing("a", 64, ""), set("a", entries))).isFalse();
  }

  @Test
  void no_question_is_longer_than_a_pipe_takes_while_nobody_reads_the_answer() {
    var sets = IntStream.range(0, 4000).mapToObj(i -> set("hfw4-r-%012x".formatted(i), List.of()));

    var questions = SetPoll.questions(sets.toList());

    assertThat(questions).hasSizeGreaterThan(1).allMatch(question -> question.length < 64 * 1024);
    var all = String.join("", questions.stream().map(String::new).toList());
    assertThat(all.lines().filter(line -> line.startsWith("list hfw4-r-"))).hasSize(4000);
    assertThat(SetPoll.questions(List.of())).hasSize(1);
  }
}
