package io.hostfirewall.ruleset.space;

import io.hostfirewall.ruleset.compile.NotOurs;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Match.AddressType;
import io.hostfirewall.ruleset.model.Match.SetKey;
import io.hostfirewall.ruleset.model.Rate;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.model.TableName.Hook;
import io.hostfirewall.ruleset.model.TcpFlag;
import io.hostfirewall.ruleset.space.Dimension.Header;
import io.hostfirewall.ruleset.space.Dimension.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a rule set does with new connections of strangers: packets that belong to nothing known, and
 * whose source is neither the node's own nor the cluster's.
 */
public final class Decisions {

  /** The first packet of a connection as the hosts of today send it. */
  private static final int USUAL_HOPS = 64;

  /** A port that clients use (RFC 6335, 6). */
  private static final int SOME_CLIENT_PORT = 49152;

  private Decisions() {}

  /**
   * Packets that are treated alike.
   *
   * @param builtIn the kernel's chain by which they come
   */
  public record Decision(String builtIn, Region packets, Treatment treatment) {}

  /**
   * What becomes of packets, as far as a sender can tell.
   *
   * @param limit of what passes; null if there is none
   * @param connections that a source may have at once; null if nobody counts them
   */
  public record Treatment(Fate fate, @Nullable Limit limit, @Nullable Connections connections) {

    static Treatment of(Fate fate, Kept kept) {
      var rate = kept.rate();
      var connections = kept.connections();
      return new Treatment(
          fate,
          fate != Fate.PASS || rate == null
              ? null
              : new Limit(rate.rate(), rate.burst(), rate.sourcePrefixLength(), kept.exceeding()),
          fate != Fate.PASS || connections == null
              ? null
              : new Connections(
                  connections.count(), connections.sourcePrefixLength(), kept.crowding()));
    }

    /** Whether it passes however much of it comes. */
    public boolean isUnlimited() {
      return limit == null && connections == null;
    }
  }

  /**
   * What makes two limits the same to those who are limited.
   *
   * @param exceeding what becomes of what is beyond it
   */
  public record Limit(Rate rate, long burst, int sourcePrefixLength, Fate exceeding) {}

  /**
   * The same of connections at once.
   *
   * @param crowding what becomes of those above the number
   */
  public record Connections(int count, int sourcePrefixLength, Fate crowding) {}

  /**
   * Packets that two rule sets treat differently.
   *
   * @param compared all that were compared there
   */
  public record Change(
      String builtIn, Region compared, Region packets, Treatment before, Treatment after) {}

  /**
   * What becomes of them, in parts that do not overlap.
   *
   * @throws TooManyPartsException if the rules overlap beyond measure
   */
  public static List<Decision> of(RuleSet rules) {
    return of(rules, podInterfaces(rules));
  }

  private static List<Decision> of(RuleSet rules, Spans podInterfaces) {
    var decisions = new ArrayList<Decision>();
    for (var name : TableName.values()) {
      if (name.judges()) {
        name.hooks().forEach(hook -> decisions.addAll(of(rules, name, hook, podInterfaces)));
      }
    }
    return List.copyOf(decisions);
  }

  private static List<Decision> of(RuleSet rules, TableName name, Hook hook, Spans podInterfaces) {
    var start = strangers(rules.family(), hook.builtIn(), podInterfaces);
    var table = rules.table(name);
    if (table.isEmpty()) {
      return List.of(new Decision(hook.builtIn(), start, Treatment.of(Fate.PASS, Kept.NONE)));
    }
    return Flow.of(rules, table.get(), hook.entry(), List.of(start), true).endings().stream()
        .map(
            ending ->
                new Decision(
                    hook.builtIn(), ending.packets(), Treatment.of(ending.fate(), ending.kept())))
        .toList();
  }

  /**
   * What is different between two rule sets of one family.
   *
   * @throws TooManyPartsException if the rules of one overlap beyond measure
   */
  public static List<Change> changes(RuleSet before, RuleSet after) {
    var podInterfaces = podInterfaces(before).or(podInterfaces(after));
    var old = of(before, podInterfaces);
    return of(after, podInterfaces).stream()
        .flatMap(
            now ->
                old.stream()
                    .flatMap(
                        then ->
                            change(
                                strangers(after.family(), now.builtIn(), podInterfaces), then, now)
                                .stream()))
        .toList();
  }

  private static Optional<Change> change(Region compared, Decision then, Decision now) {
    return then.treatment().equals(now.treatment()) || !then.builtIn().equals(now.builtIn())
        ? Optional.empty()
        : then.packets()
            .and(now.packets())
            .map(
                both ->
                    new Change(now.builtIn(), compared, both, then.treatment(), now.treatment()));
  }

  /** All packets that are compared where they come by one of the kernel's chains. */
  private static Region strangers(Family family, String builtIn, Spans podInterfaces) {
    var type = builtIn.equals("INPUT") ? AddressType.LOCAL : AddressType.UNICAST;
    var inner = Spaces.named("lo").or(podInterfaces);
    var region =
        Region.everything(family)
            .with(Header.STATE, Spaces.place(ConnState.NEW))
            .with(Header.TRANSLATED, Spans.of(0))
            .with(Header.BRIDGED, Spans.of(0))
            .with(Header.AUTHENTICATED, Spans.of(0))
            .with(Header.HOPS, Spans.of(USUAL_HOPS))
            .with(Header.SOURCE_PORT, Spans.of(SOME_CLIENT_PORT))
            .with(Header.FLAGS, Spans.of(Spaces.bits(Set.of(TcpFlag.SYN))))
            .with(Header.DESTINATION_TYPE, Spaces.place(type))
            .with(Header.IN_INTERFACE, Header.IN_INTERFACE.universe(family).minus(inner))
            .with(Header.OUT_INTERFACE, Header.OUT_INTERFACE.universe(family).minus(inner));
    for (var set : known(family).toList()) {
      for (var key : SetKey.values()) {
        region = region.with(new Membership(set, key), Spans.of(0));
      }
    }
    return region;
  }

  /** The interfaces by which, whatever policies say, pods send. */
  private static Spans podInterfaces(RuleSet rules) {
    return rules.tables().stream()
        .flatMap(table -> table.chains().stream())
        .flatMap(chain -> chain.rules().stream())
        .filter(rule -> rule.origin().equals(NotOurs.POD_INTERFACE))
        .flatMap(rule -> rule.matches().stream())
        .map(
            match ->
                match instanceof Match.InInterface(var name, _) ? Spaces.named(name) : Spans.NONE)
        .reduce(Spans.NONE, Spans::or);
  }

  /** The sets of those who are no strangers. */
  private static Stream<String> known(Family family) {
    return Stream.concat(
        SetNames.OF_THE_CLUSTER.stream().map(name -> SetNames.addressSet(family, name)),
        Stream.of(
            SetNames.podInterfaces(family),
            SetNames.routedPods(family),
            SetNames.ownNetworks(family)));
  }
}
