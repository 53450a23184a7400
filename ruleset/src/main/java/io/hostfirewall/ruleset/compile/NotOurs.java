package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.pass;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Packets that a host firewall leaves alone: the node's own and those of its pods. */
public final class NotOurs {

  /** Of rules about interfaces by which pods send. */
  public static final Origin POD_INTERFACE = builtIn("pod interface");

  private NotOurs() {}

  /** Those that come in. */
  static List<Rule> rules(NodeFacts facts, Family family) {
    return rules(
        facts,
        family,
        name -> new Match.InInterface(name, false),
        Match.SetKey.SOURCE_AND_INTERFACE);
  }

  /** Those that leave to itself and to its pods. */
  static List<Rule> sent(NodeFacts facts, Family family) {
    return rules(
        facts,
        family,
        name -> new Match.OutInterface(name, false),
        Match.SetKey.DESTINATION_AND_INTERFACE);
  }

  private static List<Rule> rules(
      NodeFacts facts, Family family, Function<String, Match> device, Match.SetKey key) {
    var rules = new ArrayList<Rule>();
    rules.add(pass(builtIn("loopback"), device.apply("lo")));
    for (var prefix : facts.podInterfacePrefixes()) {
      rules.add(pass(POD_INTERFACE, device.apply(prefix)));
    }
    if (facts.clustered()) {
      rules.add(pass(POD_INTERFACE, new Match.InSet(SetNames.podInterfaces(family), key, false)));
    }
    return rules;
  }
}
