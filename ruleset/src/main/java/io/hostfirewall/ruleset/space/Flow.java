package io.hostfirewall.ruleset.space;

import io.hostfirewall.ruleset.model.Match.ConnectionsAbove;
import io.hostfirewall.ruleset.model.Match.HashLimit;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.Verdict;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The way of many packets at once through our rules of the table filter.
 *
 * @param met the rules that some packet meets, with those packets
 * @param endings what becomes of packets, in parts that do not overlap but where a rule cannot be
 *     told
 */
record Flow(List<Met> met, List<Ending> endings) {

  /** Packets that meet a rule. */
  record Met(String chain, Rule rule, Region packets) {}

  /**
   * Packets of which one thing becomes.
   *
   * @param by the rule that decided; null if they came to an end without one
   * @param limit the last limit that they kept to; null if there was none
   */
  record Ending(Region packets, Fate fate, @Nullable Rule by, @Nullable HashLimit limit) {}

  private static final int MOST_PARTS = 20_000;

  /** Rules that lead in circles are refused by iptables-restore, but may stand in a file. */
  private static final int DEEPEST = 64;

  /**
   * Sends packets through the chains of a table that one hook leads to.
   *
   * @param entry the chain in which judging begins
   * @param limitsKept whether every source keeps to every limit; otherwise nobody knows
   * @throws TooManyPartsException if the rules overlap beyond measure
   */
  static Flow of(
      RuleSet rules, Table table, String entry, List<Region> packets, boolean limitsKept) {
    var flow = new Walker(rules, limitsKept);
    flow.walk(table, entry, packets);
    return new Flow(List.copyOf(flow.met), List.copyOf(flow.endings));
  }

  /** Packets on their way. */
  private record Part(Region packets, @Nullable Rule last, @Nullable HashLimit limit) {}

  private static final class Walker {

    private final Spaces spaces;
    private final boolean limitsKept;
    private final IdentityHashMap<Rule, Optional<Region>> meanings = new IdentityHashMap<>();
    private final List<Met> met = new ArrayList<>();
    private final List<Ending> endings = new ArrayList<>();

    Walker(RuleSet rules, boolean limitsKept) {
      this.spaces = new Spaces(rules);
      this.limitsKept = limitsKept;
    }

    void walk(Table table, String entry, List<Region> packets) {
      var parts = packets.stream().map(region -> new Part(region, null, null)).toList();
      chain(table, entry, parts, 0).forEach(part -> endings.add(ending(part, Fate.PASS)));
    }

    /** Returns those that leave the chain undecided. */
    private List<Part> chain(Table table, String name, List<Part> entering, int depth) {
      if (depth > DEEPEST) {
        throw new IllegalArgumentException("chains lead in circles");
      }
      var leaving = new ArrayList<Part>();
      var here = entering;
      for (var rule : table.chain(name).rules()) {
        var meaning = meaning(rule);
        if (meaning.isEmpty() || here.isEmpty()) {
          continue;
        }
        var matched = matched(here, rule, meaning.get());
        if (matched.isEmpty()) {
          continue;
        }
        matched.forEach(part -> met.add(new Met(name, rule, part.packets())));
        here = pass(table, rule, matched, rest(here, meaning.get()), here, leaving, depth);
        if (here.size() + leaving.size() > MOST_PARTS) {
          throw new TooManyPartsException();
        }
      }
      leaving.addAll(here);
      return leaving;
    }

    /** Returns those that come to the next rule. */
    private List<Part> pass(
        Table table,
        Rule rule,
        List<Part> matched,
        List<Part> rest,
        List<Part> all,
        List<Part> leaving,
        int depth) {
      return switch (rule.verdict()) {
        case Verdict.Drop() -> end(matched, Fate.DROP, rest);
        case Verdict.Reject _ -> end(matched, Fate.REJECT, rest);
        case Verdict.Accept() -> end(matched, Fate.PASS, rest);
        case Verdict.Return() -> {
          leaving.addAll(matched);
          yield rest;
        }
        case Verdict.Goto(var target) -> {
          leaving.addAll(chain(table, target, matched, depth + 1));
          yield rest;
        }
        case Verdict.Jump(var target) -> {
          var back = new ArrayList<>(rest);
          matched.forEach(part -> back.addAll(back(table, target, part, depth)));
          yield back;
        }
        case Verdict.Count(), Verdict.Log _, Verdict.NetlinkLog _ -> all;
        case Verdict.Untrack(), Verdict.Verbatim _ -> all;
      };
    }

    /**
     * Who comes back undecided has met nothing that counts; a chain that only counts splits none.
     */
    private List<Part> back(Table table, String target, Part part, int depth) {
      var decided = endings.size();
      var back = chain(table, target, List.of(part), depth + 1);
      return endings.size() == decided
          ? List.of(part)
          : back.stream()
              .map(returned -> new Part(returned.packets(), part.last(), part.limit()))
              .toList();
    }

    private List<Part> end(List<Part> matched, Fate fate, List<Part> rest) {
      matched.forEach(part -> endings.add(ending(part, fate)));
      return rest;
    }

    private static Ending ending(Part part, Fate fate) {
      return new Ending(part.packets(), fate, part.last(), part.limit());
    }

    private List<Part> matched(List<Part> here, Rule rule, Region meaning) {
      var limit =
          rule.matches().stream()
              .filter(HashLimit.class::isInstance)
              .map(HashLimit.class::cast)
              .findFirst();
      return here.stream()
          .flatMap(
              part ->
                  part.packets().and(meaning).stream()
                      .map(region -> new Part(region, rule, limit.orElse(part.limit()))))
          .toList();
    }

    private static List<Part> rest(List<Part> here, Region meaning) {
      return here.stream()
          .flatMap(
              part ->
                  part.packets().minus(meaning).stream()
                      .map(region -> new Part(region, part.last(), part.limit())))
          .toList();
    }

    /** By identity: of two equal rules neither says what a match does that cannot be told. */
    private Optional<Region> meaning(Rule rule) {
      return meanings.computeIfAbsent(rule, this::read);
    }

    private Optional<Region> read(Rule rule) {
      if (limitsKept && rule.matches().stream().anyMatch(ConnectionsAbove.class::isInstance)) {
        return Optional.empty();
      }
      return spaces.of(
          limitsKept
              ? rule.matches().stream().filter(m -> !(m instanceof HashLimit)).toList()
              : rule.matches());
    }
  }
}
