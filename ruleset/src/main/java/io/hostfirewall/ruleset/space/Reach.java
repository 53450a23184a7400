package io.hostfirewall.ruleset.space;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.Verdict;
import io.hostfirewall.ruleset.space.Dimension.Header;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Which rules some packet comes to, of all packets that there could be. */
public final class Reach {

  private final RuleSet rules;
  private final Map<Origin, List<Region>> met = new HashMap<>();

  private Reach(RuleSet rules) {
    this.rules = rules;
  }

  /**
   * Follows all packets through a rule set.
   *
   * @throws TooManyPartsException if the rules overlap beyond measure
   */
  public static Reach of(RuleSet rules) {
    var reach = new Reach(rules);
    reach
        .flows(Region.everything(rules.family()))
        .flatMap(flow -> flow.met().stream())
        .forEach(
            met ->
                reach
                    .met
                    .computeIfAbsent(plain(met.rule()), origin -> new ArrayList<>())
                    .add(met.packets()));
    return reach;
  }

  private Stream<Flow> flows(Region packets) {
    return judging(rules)
        .flatMap(
            table ->
                table.name().hooks().stream()
                    .map(hook -> Flow.of(rules, table, hook.entry(), List.of(packets), false)));
  }

  public Family family() {
    return rules.family();
  }

  /** The tables in which policies' rules stand. */
  static Stream<Table> judging(RuleSet rules) {
    return rules.tables().stream().filter(table -> table.name().judges());
  }

  /** Whether a rule of this origin stands anywhere. */
  public boolean holds(Origin origin) {
    return of(origin).findAny().isPresent();
  }

  /** Whether a rule of this origin is about some of the packets that meet all of some matches. */
  public boolean holds(Origin origin, List<Match> some) {
    var spaces = new Spaces(rules);
    return spaces.of(some).stream()
        .anyMatch(
            part ->
                of(origin)
                    .flatMap(rule -> spaces.of(rule.matches()).stream())
                    .anyMatch(about -> has(about, part)));
  }

  /** Whether some packet meets a rule of this origin. */
  public boolean decides(Origin origin) {
    return met.containsKey(origin);
  }

  /** Whether some packet that meets all of some matches meets a rule of this origin. */
  public boolean decides(Origin origin, List<Match> some) {
    var spaces = new Spaces(rules);
    return spaces.of(some).stream()
        .anyMatch(
            part ->
                met.getOrDefault(origin, List.of()).stream().anyMatch(found -> has(found, part)));
  }

  /** Of translated packets rules are about what they were spoken to by. */
  private static boolean has(Region packets, Region part) {
    var spokenTo =
        packets.in(Header.TRANSLATED).contains(BigInteger.ZERO)
            ? part
            : part.moved(Header.DESTINATION_PORT, Header.ORIGINAL_PORT)
                .moved(Header.DESTINATION, Header.ORIGINAL_DESTINATION);
    return packets.and(spokenTo).isPresent();
  }

  /**
   * Where the rules come from that decide what those of an origin are about: new connections.
   *
   * @param some only those packets that meet all of these matches
   */
  public List<Origin> deciders(Origin origin, List<Match> some) {
    var spaces = new Spaces(rules);
    var audited = of(origin).allMatch(Reach::isAudited);
    var about =
        of(origin)
            .filter(rule -> isAudited(rule) == audited)
            .flatMap(rule -> spaces.of(rule.matches()).stream())
            .filter(of -> !isOfTranslated(of))
            .flatMap(of -> spaces.of(some).flatMap(of::and).stream())
            .toList();
    var start =
        Region.everything(rules.family())
            .with(Header.STATE, Spaces.place(ConnState.NEW))
            .with(Header.TRANSLATED, Spans.of(0));
    var home = chainsWith(origin);
    var deciders = new LinkedHashSet<Origin>();
    flows(start)
        .filter(flow -> flow.met().stream().anyMatch(met -> leadsTo(met.rule(), home)))
        .flatMap(flow -> flow.met().stream())
        .filter(met -> isAudited(met.rule()) == audited && decides(met.rule()))
        .filter(met -> about.stream().anyMatch(of -> met.packets().and(of).isPresent()))
        .map(met -> plain(met.rule()))
        .filter(decider -> decider instanceof Origin.PolicyRule && !decider.equals(origin))
        .forEach(deciders::add);
    return new ArrayList<>(deciders);
  }

  private Set<String> chainsWith(Origin origin) {
    return judging(rules)
        .flatMap(table -> table.chains().stream())
        .filter(chain -> chain.rules().stream().anyMatch(rule -> plain(rule).equals(origin)))
        .map(Chain::name)
        .collect(Collectors.toSet());
  }

  private static boolean leadsTo(Rule rule, Set<String> chains) {
    return switch (rule.verdict()) {
      case Verdict.Jump(var chain) -> chains.contains(chain);
      case Verdict.Goto(var chain) -> chains.contains(chain);
      default -> false;
    };
  }

  private Stream<Rule> of(Origin origin) {
    return judging(rules)
        .flatMap(table -> table.chains().stream())
        .map(Chain::rules)
        .flatMap(List::stream)
        .filter(rule -> plain(rule).equals(origin));
  }

  private static boolean decides(Rule rule) {
    return switch (rule.verdict()) {
      case Verdict.Drop _, Verdict.Reject _, Verdict.Return _, Verdict.Accept _ -> true;
      case Verdict.Jump _,
          Verdict.Goto _,
          Verdict.Count _,
          Verdict.Log _,
          Verdict.NetlinkLog _,
          Verdict.Untrack _,
          Verdict.Verbatim _ ->
          false;
    };
  }

  private static boolean isOfTranslated(Region packets) {
    return packets.bounds().containsKey(Header.ORIGINAL_PORT)
        || packets.bounds().containsKey(Header.ORIGINAL_DESTINATION);
  }

  private static boolean isAudited(Rule rule) {
    return rule.origin() instanceof Origin.Audited;
  }

  /** Where a rule comes from, whether it decides or only counts what it would. */
  private static Origin plain(Rule rule) {
    return rule.origin() instanceof Origin.Audited(_, var origin) ? origin : rule.origin();
  }
}
