package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.foreign.RuleLine;
import io.hostfirewall.ruleset.foreign.RuleOption;
import io.hostfirewall.ruleset.foreign.RulesFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a file that are one for several rules of a policy, of which each has its own, and the
 * other way round.
 */
final class SharedLimits {

  private record Use(@Nullable Hook hook, Packets packets) {}

  private final Notes notes;
  private final Map<Integer, List<Use>> uses = new TreeMap<>();

  /** Lines whose limits count what no rule of the policy counts. */
  private final Set<Integer> counting = new HashSet<>();

  private final Map<String, SortedSet<Integer>> names = new LinkedHashMap<>();

  SharedLimits(RulesFile file, Notes notes) {
    this.notes = notes;
    for (var table : file.tables()) {
      for (var chain : table.chains()) {
        chain.rules().forEach(this::name);
      }
    }
  }

  private void name(RuleLine rule) {
    rule.options().stream()
        .filter(option -> option.name().equals("--hashlimit-name"))
        .forEach(
            option -> names.computeIfAbsent(option.value(), _ -> new TreeSet<>()).add(rule.line()));
  }

  /** A rule of the policy gets the limit of a line. */
  void used(int line, Packets packets) {
    if (!notes.isSilent()) {
      uses.computeIfAbsent(line, _ -> new ArrayList<>()).add(new Use(notes.hook(), packets));
    }
  }

  /** The limit of a line counts packets that are decided in one way whatever it says. */
  void counts(int line) {
    counting.add(line);
  }

  /** Of each address of a list iptables makes a rule; only limits by name are one for all. */
  void listed(RuleLine rule, Budget budget, Packets packets) {
    var apart =
        switch (budget) {
          case Budget.Rate rate ->
              !rate.perSource() && (isList(rule, "--source") || isList(rule, "--destination"));
          case Budget.Connections _ -> isList(rule, "--destination");
        };
    if (apart && !rule.modules().contains("hashlimit")) {
      notes.notCarriedOver(
          rule.line(),
          "iptables makes a rule of each address, with a limit of its own; the policy has one limit"
              + " for all of them.",
          packets);
    }
  }

  private static boolean isList(RuleLine rule, String name) {
    return rule.options().stream()
        .filter(option -> option.name().equals(name))
        .map(RuleOption::value)
        .anyMatch(value -> value.indexOf(',') >= 0);
  }

  /** Says which are shared, when all chains have been followed. */
  void say() {
    uses.forEach(
        (line, of) -> {
          if (of.size() > 1) {
            say(
                line,
                of,
                "its limit is one for all packets that come this far, and the policy has %d rules for them, each with a limit of its own."
                    .formatted(of.size()));
          } else if (counting.contains(line)) {
            say(
                line,
                of,
                "its limit counts packets, too, that are decided without it, as those that are routed can be; that of the policy counts those alone that it decides.");
          }
        });
    names.forEach(this::sayNamed);
  }

  private void sayNamed(String name, SortedSet<Integer> lines) {
    if (lines.size() < 2) {
      return;
    }
    for (var line : lines) {
      var other = lines.first().equals(line) ? lines.last() : lines.first();
      say(
          line,
          uses.getOrDefault(line, List.of()),
          "its limit is that of line %d, too, and the policy has one for each.".formatted(other));
    }
    notes.mistake(
        lines.last(),
        0,
        "line %d has the same --hashlimit-name %s: the kernel keeps one limit for both, by the numbers of the first. Give each a name of its own."
            .formatted(lines.first(), name));
  }

  private void say(int line, List<Use> of, String sentence) {
    for (var use : of) {
      notes.at(use.hook());
      notes.notCarriedOver(line, sentence, use.packets());
    }
    notes.at(null);
  }
}
