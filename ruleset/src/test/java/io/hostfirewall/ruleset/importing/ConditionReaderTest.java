package io.hostfirewall.ruleset.importing;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.foreign.RulesFileReader;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionReaderTest {

  /** What is not claimed because of line 3. */
  private static Stream<Finding.NotCarriedOver> lost(String table, String state) {
    var text =
        """
        *%s
        :PREROUTING ACCEPT [0:0]
        -A PREROUTING -p tcp %s -j DROP
        COMMIT
        *filter
        :INPUT ACCEPT [0:0]
        COMMIT
        """
            .formatted(table, state);
    return Importer.of(List.of(RulesFileReader.read("rules.v4", text))).findings().stream()
        .filter(Finding.NotCarriedOver.class::isInstance)
        .map(Finding.NotCarriedOver.class::cast)
        .filter(finding -> finding.place().line() == 3 && finding.about() != null);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-m state --state NEW",
        "-m state --state INVALID",
        "-m conntrack ! --ctstate INVALID",
        "-m conntrack ! --ctstate ESTABLISHED,RELATED",
        "-m conntrack --ctstate NEW,UNTRACKED"
      })
  void a_state_before_packets_are_tracked_is_not_claimed(String state) {
    assertThat(lost("raw", state))
        .isNotEmpty()
        .allMatch(finding -> finding.sentence().contains("in table raw"));
    assertThat(lost("mangle", state)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-m state --state ESTABLISHED,RELATED", "-m conntrack ! --ctstate NEW,INVALID"})
  void a_state_that_no_new_packet_has_is_claimed_in_either_table(String state) {
    assertThat(lost("raw", state)).isEmpty();
    assertThat(lost("mangle", state)).isEmpty();
  }
}
