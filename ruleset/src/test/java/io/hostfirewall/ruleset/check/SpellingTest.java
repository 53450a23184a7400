package io.hostfirewall.ruleset.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {

  private static final List<String> ACTIONS = List.of("Accept", "Deny", "Reject");
  private static final List<String> UNITS = List.of("Second", "Minute", "Hour", "Day");

  @ParameterizedTest
  @CsvSource({
    "accept, Accept",
    "Acecpt, Accept",
    "Allow, Accept",
    "alow, Accept",
    "DROP, Deny",
    "dorp, Deny",
    "Block, Deny",
    "Rej, Reject",
  })
  void a_slip_another_firewalls_word_and_a_beginning_have_one_meaning(String word, String meant) {
    assertThat(Spelling.hint(word, ACTIONS)).isEqualTo(" Did you mean \"%s\"?".formatted(meant));
  }

  @ParameterizedTest
  @CsvSource({"s, Second", "sec, Second", "mins, Minute", "MINUTES, Minute", "h, Hour", "d, Day"})
  void units_are_often_cut_short(String word, String meant) {
    assertThat(Spelling.hint(word, UNITS)).isEqualTo(" Did you mean \"%s\"?".formatted(meant));
  }

  @Test
  void a_word_that_is_far_from_all_is_not_guessed() {
    assertThat(Spelling.hint("Log", ACTIONS)).isEmpty();
    assertThat(Spelling.hint("", ACTIONS)).isEmpty();
    assertThat(Spelling.hint("ICMP", List.of("TCP", "UDP"))).isEmpty();
    assertThat(Spelling.hint("x".repeat(100_000), ACTIONS)).isEmpty();
    assertThat(Spelling.hint("p", List.of("port", "protocol"))).isEmpty();
  }

  /** What a word means depends on what may stand there. */
  @Test
  void a_synonym_is_one_of_the_known_words() {
    assertThat(Spelling.hint("off", List.of("Drop", "Disabled"))).contains("Disabled");
    assertThat(Spelling.hint("off", ACTIONS)).isEmpty();
    assertThat(Spelling.hint("Deny", List.of("Drop", "Disabled"))).contains("Drop");
  }
}
