package io.hostfirewall.ruleset.importing;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.foreign.RulesFileReader;
import io.hostfirewall.ruleset.importing.Importer.Imported;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleWriterTest {

  private static final int LINE = 5;

  private static Imported imported(String name, String rule) {
    var text =
        """
        *filter
        :INPUT DROP [0:0]
        :FORWARD DROP [0:0]
        :OUTPUT DROP [0:0]
        %s
        COMMIT
        """
            .formatted(rule);
    return Importer.of(List.of(RulesFileReader.read(name, text)));
  }

  private static void assertAccepted(Imported imported) {
    assertThat(imported.policies())
        .allSatisfy(policy -> assertThat(PolicyCheck.check(policy)).isEmpty());
  }

  /** A policy with such a rule would be refused, and nothing of the file would come into force. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "-d 2001:db8::/32",
        "-d 2001:db8:1::/121",
        "-d fe80::/10",
        "! -d 2001:db8:1::1",
        "-d 2001:db8:1::/122,2001:db8:2::1"
      })
  void an_ingress_rule_about_many_addresses_of_ipv6_is_listed(String destination) {
    var imported = imported("rules.v6", "-A INPUT %s -p tcp -j ACCEPT".formatted(destination));

    assertAccepted(imported);
    assertThat(imported.policies().getFirst().ingress()).isNullOrEmpty();
    assertThat(imported.findings())
        .anyMatch(
            finding ->
                finding instanceof Finding.NotCarriedOver(var place, var sentence, var about, _)
                    && place.line() == LINE
                    && sentence.contains("at most 64")
                    && about != null);
  }

  @Test
  void an_ingress_rule_about_many_networks_of_ipv4_is_listed() {
    var imported = imported("rules.v4", "-A INPUT -d %s -p tcp -j ACCEPT".formatted(networks(65)));

    assertAccepted(imported);
    assertThat(imported.findings())
        .anyMatch(
            finding ->
                finding instanceof Finding.NotCarriedOver lost && lost.place().line() == LINE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-d 2001:db8:1::1", "-d 2001:db8:1::/122", "-d ::/0", ""})
  void an_ingress_rule_about_few_addresses_or_all_is_written(String destination) {
    assertWritten(imported("rules.v6", "-A INPUT %s -p tcp -j ACCEPT".formatted(destination)));
  }

  @Test
  void an_ingress_rule_about_as_many_networks_of_ipv4_as_a_policy_takes_is_written() {
    assertWritten(imported("rules.v4", "-A INPUT -d %s -p tcp -j ACCEPT".formatted(networks(64))));
  }

  private static void assertWritten(Imported imported) {
    assertAccepted(imported);
    assertThat(imported.policies().getFirst().ingress()).isNotEmpty();
    assertThat(imported.findings()).noneMatch(f -> f instanceof Finding.NotCarriedOver);
  }

  @Test
  void what_the_node_routes_and_sends_may_go_to_any_network() {
    for (var chain : List.of("FORWARD", "OUTPUT")) {
      var imported =
          imported("rules.v6", "-A %s -d 2001:db8::/32 -p tcp -j ACCEPT".formatted(chain));

      assertAccepted(imported);
      assertThat(imported.findings())
          .noneMatch(f -> f instanceof Finding.NotCarriedOver && f.place().line() == LINE);
    }
  }

  /** Of which no two are one. */
  private static String networks(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "10.%d.0.1".formatted(i))
        .collect(Collectors.joining(","));
  }
}
