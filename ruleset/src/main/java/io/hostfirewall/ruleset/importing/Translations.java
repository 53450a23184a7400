package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.foreign.RuleLine;
import io.hostfirewall.ruleset.foreign.RulesFile;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Says once of a file that translates destinations which rules judge what it translates. */
final class Translations {

  private static final Set<String> TARGETS = Set.of("DNAT", "REDIRECT", "NETMAP");

  /** Those of nat that packets from outside do not meet before they are routed. */
  private static final Set<String> LATER = Set.of("INPUT", "OUTPUT", "POSTROUTING");

  private final RulesFile file;
  private final Notes notes;

  Translations(RulesFile file, Notes notes) {
    this.file = file;
    this.notes = notes;
  }

  void say() {
    first("nat", chain -> !LATER.contains(chain), Translations::translates)
        .or(() -> first("nat", "PREROUTING"::equals, rule -> OtherPrograms.write(target(rule))))
        .or(() -> first("filter", "FORWARD"::equals, rule -> target(rule).startsWith("DOCKER")))
        .ifPresent(this::say);
  }

  private void say(RuleLine rule) {
    notes.notCarriedOver(
        rule.line(),
        "connections that %s are judged by ingress rules, by the port that the client spoke to, and no longer by FORWARD or by the port behind: write an ingress rule for that port."
            .formatted(translates(rule) ? "it translates" : "the program of that chain translates"),
        null);
  }

  private Optional<RuleLine> first(
      String table, Predicate<String> chains, Predicate<RuleLine> rules) {
    return file.table(table).stream()
        .flatMap(found -> found.chains().stream())
        .filter(chain -> chains.test(chain.name()))
        .flatMap(chain -> chain.rules().stream())
        .filter(rules)
        .min(Comparator.comparingInt(RuleLine::line));
  }

  private static boolean translates(RuleLine rule) {
    return TARGETS.contains(target(rule));
  }

  private static String target(RuleLine rule) {
    var target = rule.target();
    return target == null ? "" : target.name();
  }
}
