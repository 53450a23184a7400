package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.go;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Match;
import java.util.List;

/** Interfaces to judge. All are, unless somebody named some. */
final class Uplinks {

  private Uplinks() {}

  /** The chain itself, or one of its name that goes to it from the named uplinks only. */
  static List<Chain> narrow(NodeFacts facts, Chain chain) {
    if (facts.uplinks().isEmpty()) {
      return List.of(chain);
    }
    var judged = new Chain("UPLINK-" + chain.name(), chain.rules());
    var entry =
        new Chain(
            chain.name(),
            facts.uplinks().stream()
                .map(
                    uplink ->
                        go(judged.name(), builtIn("uplink"), new Match.InInterface(uplink, false)))
                .toList());
    return List.of(entry, judged);
  }
}
