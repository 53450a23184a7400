package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.parse.SaveParser;
import io.hostfirewall.ruleset.render.Generation;
import io.hostfirewall.ruleset.render.RuleText;
import io.hostfirewall.ruleset.walk.Packet.Way;
import io.hostfirewall.ruleset.walk.Step;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many packets met each rule, and how many came out behind the last one.
 *
 * @param passed by the built-in chain that they went through
 */
record Tally(Map<Place, Long> met, Map<Way, Long> passed) {

  /** A rule by its place, which says the same of two rule sets in which other rules stand there. */
  record Place(TableName table, String chain, int number) {}

  /** What the walk says of packets. */
  static Tally of(Walks walks) {
    var met = new HashMap<Place, Long>();
    var passed = new EnumMap<Way, Long>(Way.class);
    walks
        .all()
        .forEach(
            packet -> {
              packet.walk().steps().stream()
                  .filter(Step::isMet)
                  .map(step -> new Place(step.table(), step.chain(), step.number()))
                  .forEach(place -> met.merge(place, 1L, Long::sum));
              if (packet.walk().passes()) {
                passed.merge(packet.way(), 1L, Long::sum);
              }
            });
    return new Tally(met, passed);
  }

  /**
   * What the kernel counted.
   *
   * @param saved what iptables-save printed, with counters
   */
  static Tally of(RuleSet loaded, String saved, Map<Way, Long> passed) {
    var tables = SaveParser.parse(saved, name -> true);
    var met = new HashMap<Place, Long>();
    for (var table : loaded.tables()) {
      var generation = Generation.of(table);
      var found =
          tables.stream()
              .filter(t -> t.name().equals(table.name().text()))
              .findFirst()
              .orElseThrow();
      for (var chain : table.chains()) {
        var name = Generation.chainName(chain.name(), generation.id());
        var read = found.chain(name).orElseThrow();
        requireSame(generation.table().chain(name).rules(), read.plainRules());
        for (var i = 0; i < read.rules().size(); i++) {
          var packets = read.rules().get(i).counters().packets();
          if (packets > 0) {
            met.put(new Place(table.name(), chain.name(), i + 1), packets);
          }
        }
      }
    }
    return new Tally(met, passed);
  }

  /**
   * What iptables prints is what was written, or the agent would see damage where there is none.
   */
  private static void requireSame(List<Rule> written, List<Rule> read) {
    if (!read.equals(written)) {
      throw new IllegalStateException("written %s, read back %s".formatted(written, read));
    }
  }

  /**
   * Where two tallies differ, a line each. What the host hears of itself by its loopback is left
   * out: nobody sent it.
   *
   * @param rules those that the walk went through
   */
  static List<String> differences(RuleSet rules, Tally walk, Tally kernel) {
    var differences = new ArrayList<String>();
    for (var table : rules.tables()) {
      for (var chain : table.chains()) {
        var number = 0;
        for (var rule : chain.rules()) {
          var place = new Place(table.name(), chain.name(), ++number);
          if (!isLoopback(rule)) {
            compare(
                "%s %s %d%s"
                    .formatted(table.name().text(), chain.name(), number, RuleText.of(rule)),
                walk.met().getOrDefault(place, 0L),
                kernel.met().getOrDefault(place, 0L),
                differences);
          }
        }
      }
    }
    for (var way : Way.values()) {
      compare(
          "came through " + way,
          walk.passed().getOrDefault(way, 0L),
          kernel.passed().getOrDefault(way, 0L),
          differences);
    }
    return differences;
  }

  private static void compare(
      String what, long walked, long counted, Collection<String> differences) {
    if (walked != counted) {
      differences.add("%s: walk %d, kernel %d".formatted(what, walked, counted));
    }
  }

  private static boolean isLoopback(Rule rule) {
    return rule.matches().contains(new Match.InInterface("lo", false));
  }
}
