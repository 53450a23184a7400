package io.hostfirewall.ruleset.compile;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Short ways to write rules. */
final class Rules {

  private Rules() {}

  static Rule pass(Origin origin, Match... matches) {
    return new Rule(List.of(matches), new Verdict.Return(), origin);
  }

  static Rule drop(Origin origin, Match... matches) {
    return new Rule(List.of(matches), new Verdict.Drop(), origin);
  }

  static Rule go(String chain, Origin origin, Match... matches) {
    return new Rule(List.of(matches), new Verdict.Goto(chain), origin);
  }

  static Rule jump(String chain, Origin origin) {
    return new Rule(List.of(), new Verdict.Jump(chain), origin);
  }

  static Origin builtIn(String what) {
    return new Origin.BuiltIn(what);
  }

  /**
   * An action on packets that {@code matches} describe; rejecting answers TCP with a reset, so it
   * may take two rules.
   */
  static List<Rule> decide(Action action, Family family, List<Match> matches, Origin origin) {
    return switch (action) {
      case ACCEPT -> List.of(new Rule(matches, new Verdict.Return(), origin));
      case DENY -> List.of(new Rule(matches, new Verdict.Drop(), origin));
      case REJECT -> reject(family, matches, origin);
    };
  }

  private static List<Rule> reject(Family family, List<Match> matches, Origin origin) {
    var reset = new Verdict.Reject(Verdict.Answer.TCP_RESET);
    var unreachable = new Verdict.Reject(Verdict.Answer.portUnreachable(family));
    var protocol = protocol(matches);
    if (protocol.isPresent()) {
      var answer = protocol.get().equals(Protocol.TCP) ? reset : unreachable;
      return List.of(new Rule(matches, answer, origin));
    }
    var tcp = new ArrayList<>(matches);
    tcp.add(placeOfProtocol(matches), new Match.IsProtocol(Protocol.TCP, false));
    return List.of(new Rule(tcp, reset, origin), new Rule(matches, unreachable, origin));
  }

  /** Iptables prints the protocol behind the interfaces. */
  private static int placeOfProtocol(List<Match> matches) {
    return (int)
        matches.stream()
            .takeWhile(m -> m instanceof Match.InInterface || m instanceof Match.OutInterface)
            .count();
  }

  private static Optional<Protocol> protocol(List<Match> matches) {
    return matches.stream()
        .filter(Match.IsProtocol.class::isInstance)
        .map(match -> ((Match.IsProtocol) match).protocol())
        .findFirst();
  }
}
