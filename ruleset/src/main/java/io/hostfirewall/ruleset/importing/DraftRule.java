package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Networks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A rule of a policy in the making.
 *
 * @param parts one of each family that it is about
 */
record DraftRule(List<Part> parts) {

  /**
   * What it is in one family.
   *
   * @param lines of the file that it comes from
   */
  record Part(String file, Decision decision, List<Integer> lines) {
    Part {
      lines = List.copyOf(lines);
    }

    Family family() {
      return decision.packets().family();
    }
  }

  DraftRule {
    parts = List.copyOf(parts);
  }

  static DraftRule of(String file, Decision decision) {
    var lines = decision.line() == 0 ? List.<Integer>of() : List.of(decision.line());
    return new DraftRule(List.of(new Part(file, decision, lines)));
  }

  Decision first() {
    return parts.getFirst().decision();
  }

  /**
   * One rule for both families, if they differ in nothing else. Types of ICMP may: each is written
   * with its family.
   */
  Optional<DraftRule> withOtherFamily(DraftRule other) {
    var one = first();
    var two = other.first();
    var same =
        one.action() == two.action()
            && one.exceeded() == two.exceeded()
            && sameLimit(one, two)
            && Objects.equals(one.logPerMinute(), two.logPerMinute())
            && Objects.equals(one.connections(), two.connections())
            && one.packets().in().equals(two.packets().in())
            && one.packets().out().equals(two.packets().out())
            && samePayload(one.packets().payload(), two.packets().payload());
    if (!same) {
      return Optional.empty();
    }
    var both = new ArrayList<>(parts);
    both.addAll(other.parts);
    return Optional.of(new DraftRule(both));
  }

  private static boolean sameLimit(Decision one, Decision two) {
    var a = one.rate();
    var b = two.rate();
    if (a == null || b == null) {
      return Objects.equals(a, b);
    }
    return a.limit() == b.limit()
        && a.unit() == b.unit()
        && a.burst() == b.burst()
        && a.perSource() == b.perSource();
  }

  private static boolean samePayload(Payload one, Payload two) {
    return one.equals(two) || (one instanceof Payload.Icmp && two instanceof Payload.Icmp);
  }

  /** Rules that stand beside each other and differ in their sources only, as one. */
  static List<DraftRule> joined(List<DraftRule> rules) {
    var joined = new ArrayList<DraftRule>();
    for (var from = 0; from < rules.size(); ) {
      var to = from + 1;
      while (to < rules.size() && rules.get(from).first().differsInSources(rules.get(to).first())) {
        to++;
      }
      joined.add(to == from + 1 ? rules.get(from) : asOne(rules.subList(from, to)));
      from = to;
    }
    return joined;
  }

  private static DraftRule asOne(List<DraftRule> alike) {
    var parts = alike.stream().map(rule -> rule.parts.getFirst()).toList();
    var first = parts.getFirst();
    var sources =
        parts.stream().flatMap(part -> part.decision().packets().sources().stream()).toList();
    var all = first.decision().packets().from(Networks.aggregate(first.family(), sources));
    var lines = parts.stream().flatMap(part -> part.lines().stream()).toList();
    return new DraftRule(List.of(new Part(first.file(), first.decision().about(all), lines)));
  }
}
