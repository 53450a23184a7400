package io.hostfirewall.agent.health;

import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.model.Verdict;
import io.hostfirewall.ruleset.parse.Counters;
import io.hostfirewall.ruleset.parse.SavedChain;
import io.hostfirewall.ruleset.parse.SavedChain.SavedRule;
import io.hostfirewall.ruleset.trial.TableState;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * How much the rules decided. The kernel counts anew with every generation, and when somebody
 * flushes a chain; what was counted before stays counted here.
 */
final class PacketCounters implements MultiCollector {

  private static final String PACKETS = "hostfirewall_agent_packets";
  private static final String BYTES = "hostfirewall_agent_bytes";
  private static final String AUDITED = "hostfirewall_agent_audited_packets";

  /**
   * Whose decisions are counted together.
   *
   * @param audited the rule, or the field, of a policy that would have decided if all were
   *     enforced; empty if it did decide
   */
  private record Series(
      String policy, String audited, String direction, String action, String family)
      implements Comparable<Series> {

    @Override
    public int compareTo(Series other) {
      return toString().compareTo(other.toString());
    }

    boolean isAudited() {
      return !audited.isEmpty();
    }

    Labels labels() {
      var labels =
          Labels.of("policy", policy, "direction", direction, "action", action, "family", family);
      return isAudited() ? labels.merge(Labels.of("rule", audited)) : labels;
    }
  }

  /** A rule by its place: in another generation it stands in another chain. */
  private record Place(Family family, TableName table, String chain, int number) {}

  private final Map<Series, Counters> sums = new TreeMap<>();
  private Map<Place, Counters> last = Map.of();

  /** Adds what was met since the kernel was last read. */
  synchronized void seen(Observed now) {
    var standing = new HashMap<Place, Counters>();
    for (var state : now.rules().values()) {
      for (var table : state.tables()) {
        for (var chain : table.chains().values()) {
          add(table, chain, standing);
        }
      }
    }
    last = standing;
  }

  private void add(TableState table, SavedChain chain, Map<Place, Counters> standing) {
    for (var i = 0; i < chain.rules().size(); i++) {
      var rule = chain.rules().get(i);
      var series = series(table, chain, rule);
      if (series.isPresent()) {
        var place = new Place(table.family(), table.name(), chain.name(), i);
        standing.put(place, rule.counters());
        var more = since(last.getOrDefault(place, Counters.ZERO), rule.counters());
        sums.merge(series.get(), more, PacketCounters::plus);
      }
    }
  }

  /** A counter that went back began anew. */
  private static Counters since(Counters before, Counters now) {
    return now.packets() < before.packets() || now.bytes() < before.bytes()
        ? now
        : new Counters(now.packets() - before.packets(), now.bytes() - before.bytes());
  }

  private static Counters plus(Counters one, Counters other) {
    return new Counters(one.packets() + other.packets(), one.bytes() + other.bytes());
  }

  private static Optional<Series> series(TableState table, SavedChain chain, SavedRule rule) {
    var family = table.family() == Family.IPV4 ? "ipv4" : "ipv6";
    var direction = direction(chain.name());
    if (rule.rule().origin() instanceof Origin.Audited(var would, var origin)) {
      return policy(origin)
          .map(policy -> new Series(policy, part(origin), direction, would.word(), family));
    }
    return policy(rule.rule().origin())
        .flatMap(
            policy ->
                action(rule).map(action -> new Series(policy, "", direction, action, family)));
  }

  /** What of a policy it was. */
  private static String part(Origin origin) {
    return switch (origin) {
      case Origin.PolicyRule(_, var rule) -> rule;
      case Origin.PolicyField(_, var field) -> field;
      case Origin.Default(var field) -> field;
      default -> origin.comment();
    };
  }

  private static String direction(String chain) {
    if (chain.startsWith("HFW-OUTPUT-")) {
      return "egress";
    }
    return chain.startsWith("HFW-FWD-") || chain.startsWith("HFW-A-FWD-") ? "forward" : "ingress";
  }

  /** Whose decision it was; empty for a default that no policy set. */
  private static Optional<String> policy(Origin origin) {
    return switch (origin) {
      case Origin.PolicyRule(var policy, _) -> Optional.of(policy);
      case Origin.PolicyField(var policy, _) -> Optional.of(policy);
      case Origin.Default _ -> Optional.of("");
      case Origin.Audited _, Origin.BuiltIn _, Origin.Revision _, Origin.Foreign _, Origin.None _ ->
          Optional.empty();
    };
  }

  private static Optional<String> action(SavedRule rule) {
    return switch (rule.rule().verdict()) {
      case Verdict.Return _, Verdict.Accept _ -> Optional.of("Accept");
      case Verdict.Drop _ -> Optional.of("Deny");
      case Verdict.Reject _ -> Optional.of("Reject");
      default -> Optional.empty();
    };
  }

  @Override
  public synchronized MetricSnapshots collect() {
    return new MetricSnapshots(
        snapshot(PACKETS, "Packets that rules decided.", false, Counters::packets),
        snapshot(BYTES, "Bytes of the packets that rules decided.", false, Counters::bytes),
        snapshot(
            AUDITED,
            "Packets that rules would have decided if audited policies were enforced.",
            true,
            Counters::packets));
  }

  private CounterSnapshot snapshot(
      String name, String help, boolean audited, ToLongFunction<Counters> value) {
    var snapshot = CounterSnapshot.builder().name(name).help(help);
    sums.forEach(
        (series, sum) -> {
          if (series.isAudited() == audited) {
            snapshot.dataPoint(
                CounterDataPointSnapshot.builder()
                    .labels(series.labels())
                    .value((double) value.applyAsLong(sum))
                    .build());
          }
        });
    return snapshot.build();
  }

  @Override
  public List<String> getPrometheusNames() {
    return List.of(PACKETS, BYTES, AUDITED);
  }
}
