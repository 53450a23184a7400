package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.pass;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Rule;
import java.util.ArrayList;
import java.util.List;

/** Packets that a host firewall leaves alone: the node's own and those of its pods. */
final class NotOurs {

  private NotOurs() {}

  static List<Rule> rules(NodeFacts facts, Family family) {
    var rules = new ArrayList<Rule>();
    rules.add(pass(builtIn("loopback"), new Match.InInterface("lo", false)));
    for (var prefix : facts.podInterfacePrefixes()) {
      rules.add(pass(builtIn("pod interface"), new Match.InInterface(prefix, false)));
    }
    if (facts.clustered()) {
      rules.add(
          pass(
              builtIn("pod interface"),
              new Match.InSet(
                  SetNames.podInterfaces(family), Match.SetKey.SOURCE_AND_INTERFACE, false)));
    }
    return rules;
  }
}
