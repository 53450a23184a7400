package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.decide;
import static io.hostfirewall.ruleset.compile.Rules.go;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.IcmpSelector;
import io.hostfirewall.api.v1alpha1.PortSelector;
import io.hostfirewall.api.v1alpha1.RateLimit;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.merge.EffectiveRule;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The user's ingress rules as chains: one for everybody, and a shorter one for the cluster's own
 * traffic, which only a rule that names its sources can stop. There are two copies: connections to
 * the node are judged by the port they came to, translated ones by the port they were sent to
 * first, so that a NodePort is a port like any other.
 */
final class IngressChains {

  /** By which port a connection is judged. */
  enum Judged {
    BY_DESTINATION(""),
    BY_ORIGINAL_DESTINATION("DNAT-");

    private final String prefix;

    Judged(String prefix) {
      this.prefix = prefix;
    }
  }

  private final EffectivePolicy policy;
  private final NodeFacts facts;
  private final Family family;
  private final RuleSources sources;

  IngressChains(EffectivePolicy policy, NodeFacts facts, Family family, RuleSources sources) {
    this.policy = policy;
    this.facts = facts;
    this.family = family;
    this.sources = sources;
  }

  /** The chain to go to. It ends in a verdict. */
  String entry(Judged judged) {
    return judged.prefix + (facts.clustered() ? "SOURCES" : "RULES");
  }

  List<Chain> chains(Judged judged) {
    var chains = new ArrayList<Chain>();
    var everybody = new Chain(judged.prefix + "RULES", everybody(judged));
    if (facts.clustered()) {
      var trusted = new Chain(judged.prefix + "TRUSTED", trusted(judged));
      chains.add(new Chain(entry(judged), bySource(trusted.name(), everybody.name())));
      chains.add(trusted);
    }
    chains.add(everybody);
    return chains;
  }

  private List<Rule> bySource(String trusted, String everybody) {
    var rules = new ArrayList<Rule>();
    for (var source : ClusterSources.of(family)) {
      rules.add(new Rule(source.matches(), new Verdict.Goto(trusted), source.origin()));
    }
    rules.add(go(everybody, builtIn("everybody else")));
    return rules;
  }

  private List<Rule> everybody(Judged judged) {
    var rules = new ArrayList<Rule>();
    policy.ingress().forEach(rule -> rules.addAll(rules(rule, judged)));
    var otherwise = policy.ingressDefault();
    rules.addAll(decide(otherwise.value(), family, List.of(), otherwise.origin()));
    return rules;
  }

  private List<Rule> trusted(Judged judged) {
    var rules = new ArrayList<Rule>();
    policy.ingress().stream()
        .filter(rule -> sources.isExplicit(rule.rule()))
        .forEach(rule -> rules.addAll(rules(rule, judged)));
    rules.add(Rules.pass(builtIn("cluster traffic")));
    return rules;
  }

  private List<Rule> rules(EffectiveRule rule, Judged judged) {
    var source = sources.match(rule.rule());
    if (source.isEmpty()) {
      return List.of();
    }
    var rules = new ArrayList<Rule>();
    for (var packets : packets(rule, judged)) {
      var matches = new ArrayList<>(packets);
      matches.addAll(source.get());
      rules.addAll(rules(rule, matches));
    }
    return rules;
  }

  private List<Rule> rules(EffectiveRule rule, List<Match> matches) {
    var limit = rule.rule().rateLimit();
    if (limit == null) {
      return decide(rule.rule().action(), family, matches, rule.origin());
    }
    var within = new ArrayList<>(matches);
    within.add(Limiter.of(rule, limit, family));
    var rules = new ArrayList<Rule>();
    rules.addAll(decide(Action.ACCEPT, family, within, rule.origin()));
    rules.addAll(decide(exceeded(limit), family, matches, rule.origin()));
    return rules;
  }

  private static Action exceeded(RateLimit limit) {
    return limit.exceeded() == null ? Action.DENY : limit.exceeded();
  }

  /** The alternatives of packets that a rule is about; one without matches if it is about all. */
  private List<List<Match>> packets(EffectiveRule rule, Judged judged) {
    var ports = rule.rule().ports();
    var icmp = rule.rule().icmp();
    if (ports != null) {
      return ports(ports, judged);
    }
    return icmp == null ? List.of(List.of()) : icmp(icmp);
  }

  private List<List<Match>> icmp(List<IcmpSelector> selectors) {
    var alternatives = new ArrayList<List<Match>>();
    for (var selector : selectors) {
      IcmpTypes.number(selector, family)
          .ifPresent(type -> alternatives.add(icmp(family, type, selector.code())));
    }
    return alternatives;
  }

  static List<Match> icmp(Family family, int type, @Nullable Integer code) {
    return List.of(
        new Match.IsProtocol(Protocol.icmp(family), false), new Match.IcmpType(family, type, code));
  }

  private static List<List<Match>> ports(List<PortSelector> selectors, Judged judged) {
    var alternatives = new ArrayList<List<Match>>();
    for (var protocol : List.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP)) {
      var ranges =
          selectors.stream()
              .filter(selector -> selector.protocol().name().equals(protocol.name()))
              .map(IngressChains::range)
              .toList();
      for (var match : portMatches(protocol, ranges, judged)) {
        alternatives.add(List.of(new Match.IsProtocol(protocol, false), match));
      }
    }
    return alternatives;
  }

  private static PortRange range(PortSelector selector) {
    var last = selector.endPort() == null ? selector.port() : selector.endPort();
    return new PortRange(selector.port(), last);
  }

  private static List<Match> portMatches(Protocol protocol, List<PortRange> ranges, Judged judged) {
    if (judged == Judged.BY_ORIGINAL_DESTINATION) {
      return ranges.stream().<Match>map(Match.OriginalDestinationPort::new).toList();
    }
    if (ranges.size() == 1) {
      return List.of(new Match.Ports(protocol, null, ranges.getFirst()));
    }
    var matches = new ArrayList<Match>();
    var group = new ArrayList<PortRange>();
    var places = 0;
    for (var range : ranges) {
      if (places + range.places() > Match.MultiPort.PLACES) {
        matches.add(new Match.MultiPort(group));
        group.clear();
        places = 0;
      }
      group.add(range);
      places += range.places();
    }
    if (!group.isEmpty()) {
      matches.add(new Match.MultiPort(group));
    }
    return matches;
  }
}
