package io.hostfirewall.ruleset.space;

import io.hostfirewall.ruleset.model.Match;
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
import java.util.stream.Stream;
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
   * @param kept the limits that they kept to
   */
  record Ending(Region packets, Fate fate, @Nullable Rule by, Kept kept) {}

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
  private record Part(Region packets, @Nullable Rule last, Kept kept) {}

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
      var parts = packets.stream().map(region -> new Part(region, null, Kept.NONE)).toList();
      chain(table, entry, parts, 0).forEach(part -> endings.add(ending(part, Fate.PASS)));
    }

    /** Returns those that leave the chain undecided. */
    private List<Part> chain(Table table, String name, List<Part> entering, int depth) {
      if (depth > DEEPEST) {
        throw new IllegalArgumentException("chains lead in circles");
      }
      var leaving = new ArrayList<Part>();
      var here = entering;
      var rules = table.chain(name).rules();
      for (var i = 0; i < rules.size(); i++) {
        var rule = rules.get(i);
        var meaning = meaning(rule);
        if (meaning.isEmpty() || here.isEmpty()) {
          continue;
        }
        var matched = matched(here, rule, meaning.get(), beyond(rules, i));
        if (matched.isEmpty()) {
          continue;
        }
        if (limitsKept && isAbout(rule, ConnectionsAbove.class)) {
          here = concat(matched, rest(here, meaning.get()));
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
              .map(returned -> new Part(returned.packets(), part.last(), part.kept()))
              .toList();
    }

    private List<Part> end(List<Part> matched, Fate fate, List<Part> rest) {
      matched.forEach(part -> endings.add(ending(part, fate)));
      return rest;
    }

    private static Ending ending(Part part, Fate fate) {
      return new Ending(part.packets(), fate, part.last(), part.kept());
    }

    /**
     * @param beyond what becomes of those that exceed the limit of the rule
     */
    private List<Part> matched(List<Part> here, Rule rule, Region meaning, Fate beyond) {
      return here.stream()
          .flatMap(
              part ->
                  part.packets().and(meaning).stream()
                      .map(region -> new Part(region, rule, kept(part.kept(), rule, beyond))))
          .toList();
    }

    private Kept kept(Kept before, Rule rule, Fate beyond) {
      var kept = before;
      for (var match : rule.matches()) {
        kept =
            switch (match) {
              case HashLimit limit -> kept.with(limit, beyond);
              case ConnectionsAbove limit when limitsKept -> kept.with(limit, fate(rule));
              default -> kept;
            };
      }
      return kept;
    }

    /** Behind a rule that lets pass what keeps to a limit stands the one for the rest. */
    private static Fate beyond(List<Rule> rules, int limited) {
      return limited + 1 < rules.size() ? fate(rules.get(limited + 1)) : Fate.DROP;
    }

    private static Fate fate(Rule refusing) {
      return refusing.verdict() instanceof Verdict.Reject ? Fate.REJECT : Fate.DROP;
    }

    private static boolean isAbout(Rule rule, Class<? extends Match> kind) {
      return rule.matches().stream().anyMatch(kind::isInstance);
    }

    private static List<Part> concat(List<Part> some, List<Part> others) {
      return Stream.concat(some.stream(), others.stream()).toList();
    }

    private static List<Part> rest(List<Part> here, Region meaning) {
      return here.stream()
          .flatMap(
              part ->
                  part.packets().minus(meaning).stream()
                      .map(region -> new Part(region, part.last(), part.kept())))
          .toList();
    }

    /** By identity: of two equal rules neither says what a match does that cannot be told. */
    private Optional<Region> meaning(Rule rule) {
      return meanings.computeIfAbsent(rule, this::read);
    }

    private Optional<Region> read(Rule rule) {
      return spaces.of(
          limitsKept
              ? rule.matches().stream()
                  .filter(m -> !(m instanceof HashLimit || m instanceof ConnectionsAbove))
                  .toList()
              : rule.matches());
    }
  }
}
