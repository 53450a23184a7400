package io.hostfirewall.ruleset.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.foreign.RulesFileReader;
import io.hostfirewall.ruleset.importing.Importer;
import io.hostfirewall.ruleset.parse.SaveParser;
import io.hostfirewall.ruleset.parse.SetParser;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Text that others wrote: nothing in it brings a reader down, makes it hang or grow. */
class ForeignTextTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @Provide
  Arbitrary<String> texts() {
    return RulesTexts.texts();
  }

  @Provide
  Arbitrary<String> sets() {
    var words =
        Arbitraries.of(
            "create",
            "add",
            "hfw4-a",
            "hash:net",
            "family",
            "inet",
            "inet6",
            "timeout",
            "0",
            "99999999999999999999",
            "10.0.0.0/8",
            "10.0.0.0/8,eth0",
            "::/0",
            "nomatch",
            "\t",
            "",
            "\u0000",
            "é");
    var lines = words.list().ofMaxSize(8).map(list -> String.join(" ", list));
    return Arbitraries.oneOf(lines, Arbitraries.strings().ofMaxLength(60))
        .list()
        .ofMaxSize(20)
        .map(list -> String.join("\n", list));
  }

  @Property(tries = 1000)
  void the_tolerant_reader_reads_everything(@ForAll("texts") String text) {
    var lines = text.lines().count();
    var file = RulesFileReader.read("rules", text);

    assertThat(file.mistakes()).allMatch(mistake -> mistake.line() >= 1 && mistake.line() <= lines);
    assertThat(file.tables().stream().flatMap(t -> t.chains().stream()))
        .allMatch(chain -> chain.rules().stream().allMatch(rule -> rule.line() <= lines));
  }

  @Property(tries = 500)
  void whatever_is_read_can_be_imported(@ForAll("texts") String text) {
    var file = RulesFileReader.read("rules.v4", text);
    var imported = Importer.of(List.of(file));
    var spoken =
        imported.findings().stream()
            .map(finding -> finding.place().line())
            .collect(Collectors.toSet());

    assertThat(imported.policies()).allSatisfy(p -> assertThat(PolicyCheck.check(p)).isEmpty());
    assertThat(file.tables().stream().flatMap(t -> t.chains().stream()))
        .allSatisfy(
            chain -> assertThat(chain.rules()).allMatch(rule -> spoken.contains(rule.line())));
  }

  @Property(tries = 1000)
  void the_strict_reader_refuses_in_one_way(@ForAll("texts") String text) {
    readStrictly(text);
  }

  private static void readStrictly(String text) {
    try {
      SaveParser.text(SaveParser.parse(text));
    } catch (IllegalArgumentException refused) {
      assertThat(refused.getMessage()).startsWith("not a line of iptables-save: ");
    }
  }

  @Property(tries = 500)
  void sets_are_read_or_passed_over(@ForAll("sets") String text) {
    assertThat(SetParser.parse(text)).doesNotContainNull();
  }

  private static String many(String rule, int times) {
    var text = new StringBuilder("*filter\n");
    for (var i = 0; i < times; i++) {
      text.append(rule.formatted(i / 256, i % 256, 1 + i));
    }
    return text.append("COMMIT\n").toString();
  }

  @Example
  void long_lines_and_many_lines_take_their_time_and_no_more() {
    assertTimeoutPreemptively(
        SOON,
        () -> {
          for (var text :
              new String[] {
                "-A INPUT " + "\"".repeat(1 << 20),
                "-A INPUT -s " + "1,".repeat(1 << 20),
                "[1:".repeat(1 << 18),
                "-A INPUT -m state --state " + "NEW, ".repeat(10_000),
                ":x " + " ".repeat(1 << 20) + "[",
                "-A INPUT --dprot 22\n".repeat(50_000),
                ":" + "a".repeat(1 << 20) + " - [0:0]",
                "-A INPUT -p tcp --dport 22 -j ACCEPT\n".repeat(100_000),
                many("-A INPUT -s 10.%1$d.%2$d.0/24 -p tcp --dport %3$d -j ACCEPT\n", 20_000),
                many("-A c%1$d -s 10.%2$d.0.0/16 -j RETURN\n-A INPUT -j c%1$d\n", 500),
                many("-A c%1$d -p tcp --dport %3$d -j RETURN\n-A c%1$d -j d%1$d\n", 500)
              }) {
            Importer.of(List.of(RulesFileReader.read("rules", text)));
            readStrictly("*filter\n" + text + "\nCOMMIT\n");
          }
        });
  }
}
