package io.hostfirewall.ruleset.compile;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.ContentHash;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Verdict;
import java.util.List;

/**
 * Chains that only count what others would decide. A packet goes through them as it would through
 * the others, comes back, and goes on to what is enforced.
 */
final class Shadow {

  private static final String OUTPUT = "OUTPUT";

  /** How long the part of a limiter's name is that tells its family. */
  private static final int PREFIX = Family.IPV4.setPrefix().length();

  private Shadow() {}

  /** The shadows of chains. Whoever enters one by a jump comes back. */
  static List<Chain> of(List<Chain> chains) {
    return chains.stream()
        .map(
            chain -> new Chain(name(chain.name()), chain.rules().stream().map(Shadow::of).toList()))
        .toList();
  }

  /** The name of a chain's shadow. */
  static String name(String chain) {
    return chain.startsWith(OUTPUT)
        ? OUTPUT + "-A" + chain.substring(OUTPUT.length())
        : "A-" + chain;
  }

  private static Rule of(Rule rule) {
    var counting =
        new Rule(rule.matches().stream().map(Shadow::of).toList(), rule.verdict(), rule.origin());
    return switch (rule.verdict()) {
      case Verdict.Drop _ -> would(counting, Origin.Would.DENY);
      case Verdict.Reject _ -> would(counting, Origin.Would.REJECT);
      case Verdict.Return _ ->
          rule.origin() instanceof Origin.BuiltIn ? counting : would(counting, Origin.Would.ACCEPT);
      case Verdict.Log(var prefix) -> said(counting, new Verdict.Log(LogLines.audited(prefix)));
      case Verdict.NetlinkLog(var prefix, var group) ->
          said(counting, new Verdict.NetlinkLog(LogLines.audited(prefix), group));
      default -> counting.renamed(Shadow::name);
    };
  }

  private static Rule said(Rule rule, Verdict log) {
    return new Rule(rule.matches(), log, rule.origin());
  }

  private static Rule would(Rule rule, Origin.Would would) {
    return new Rule(rule.matches(), new Verdict.Return(), new Origin.Audited(would, rule.origin()));
  }

  /**
   * A packet that is counted here spends nothing of what it is allowed where rules are enforced.
   */
  private static Match of(Match match) {
    return match instanceof Match.HashLimit limit
        ? new Match.HashLimit(
            limit.name().substring(0, PREFIX) + ContentHash.shortOf("audit " + limit.name()),
            limit.rate(),
            limit.burst(),
            limit.sourcePrefixLength(),
            limit.addressBits(),
            limit.buckets(),
            limit.maxSources(),
            limit.expiry())
        : match;
  }
}
