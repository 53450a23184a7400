package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.go;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Match;
import java.util.List;
import java.util.function.Function;

/** Interfaces to judge. All are, unless somebody named some. */
final class Uplinks {

  private Uplinks() {}

  /** The chain itself, or one of its name that goes to it from the named uplinks only. */
  static List<Chain> narrow(NodeFacts facts, Chain chain) {
    return narrow(
        facts, chain, "UPLINK-" + chain.name(), uplink -> new Match.InInterface(uplink, false));
  }

  /** The same for a chain of what leaves by an uplink. */
  static List<Chain> narrowSent(NodeFacts facts, Chain chain) {
    return narrow(
        facts, chain, chain.name() + "-UPLINK", uplink -> new Match.OutInterface(uplink, false));
  }

  private static List<Chain> narrow(
      NodeFacts facts, Chain chain, String name, Function<String, Match> device) {
    if (facts.uplinks().isEmpty()) {
      return List.of(chain);
    }
    var entry =
        new Chain(
            chain.name(),
            facts.uplinks().stream()
                .map(uplink -> go(name, builtIn("uplink"), device.apply(uplink)))
                .toList());
    return List.of(entry, new Chain(name, chain.rules()));
  }
}
