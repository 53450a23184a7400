package io.hostfirewall.agent.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LegacyPollTest {

  private static final String ANSWER =
      """
      -P INPUT ACCEPT
      -N HFW-INPUT
      -N KUBE-X
      -A INPUT -j HFW-INPUT
      -A INPUT -p udp -j KUBE-X
      -A HFW-INPUT -g HFW-INPUT-1
      -A KUBE-X -j ACCEPT
      """;

  @Test
  void what_concerns_others_is_left_out() {
    assertThat(ANSWER.lines().filter(LegacyPoll::concernsUs))
        .containsExactly(
            "-P INPUT ACCEPT",
            "-N HFW-INPUT",
            "-A INPUT -j HFW-INPUT",
            "-A INPUT -p udp -j KUBE-X",
            "-A HFW-INPUT -g HFW-INPUT-1");
  }

  @Test
  void each_table_that_stands_is_asked_for_and_nothing_is_written() {
    assertThat(LegacyPoll.question(List.of("filter", "raw")))
        .startsWith("#begin\n*filter\n-S\nCOMMIT\n*raw\n-S\nCOMMIT\n#end\n# ")
        .hasSizeGreaterThan(4096);
    assertThat(LegacyPoll.question(List.of())).startsWith("#begin\n#end\n#");
  }

  @Test
  void what_stays_as_it_was_when_it_was_good_is_no_news() {
    var looks = new LegacyPoll.Looks();
    assertThat(looks.isNews(List.of("a"))).as("nobody knows how it was").isTrue();
    looks.checked(true);
    assertThat(looks.isNews(List.of("a"))).isFalse();
    assertThat(looks.isNews(List.of("a"))).isFalse();
  }

  @Test
  void what_nobody_has_checked_stays_news() {
    var looks = new LegacyPoll.Looks();
    assertThat(looks.isNews(List.of("a"))).isTrue();
    assertThat(looks.isNews(List.of("a"))).isTrue();
  }

  @Test
  void what_is_healed_and_changed_again_between_two_looks_is_news_each_time() {
    var looks = known("good");
    for (var i = 0; i < 5; i++) {
      assertThat(looks.isNews(List.of("bad"))).isTrue();
      looks.checked(false);
    }
    assertThat(looks.isNews(List.of("good"))).isTrue();
    looks.checked(true);
    assertThat(looks.isNews(List.of("good"))).isFalse();
  }

  @Test
  void what_was_seen_before_it_was_healed_is_not_what_a_later_check_found_good() {
    var looks = new LegacyPoll.Looks();
    assertThat(looks.isNews(List.of("bad"))).isTrue();
    looks.checked(false);
    looks.checked(true);
    assertThat(looks.isNews(List.of("bad"))).isTrue();
  }

  @Test
  void a_check_that_was_there_before_the_change_proves_nothing() {
    var looks = known("good");
    looks.checked(true);
    assertThat(looks.isNews(List.of("bad"))).isTrue();
    assertThat(looks.isNews(List.of("bad"))).isTrue();
  }

  private static LegacyPoll.Looks known(String good) {
    var looks = new LegacyPoll.Looks();
    looks.isNews(List.of(good));
    looks.checked(true);
    assertThat(looks.isNews(List.of(good))).isFalse();
    return looks;
  }
}
