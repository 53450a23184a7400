package io.hostfirewall.ruleset.compile;

import static io.hostfirewall.ruleset.compile.Rules.builtIn;
import static io.hostfirewall.ruleset.compile.Rules.pass;
import static io.hostfirewall.ruleset.model.TcpFlag.ACK;
import static io.hostfirewall.ruleset.model.TcpFlag.FIN;
import static io.hostfirewall.ruleset.model.TcpFlag.RST;
import static io.hostfirewall.ruleset.model.TcpFlag.SYN;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Match.AddressType;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.model.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * SSH of administrators without a look at connections. A kernel that can track no more of them
 * drops each new one before any rule of the table filter is met. The set of those who are spared is
 * empty until then, since rules of others may know only packets of tracked connections.
 */
final class Untracked {

  /** An SSH server begins no connection; another program of the node may, from its port. */
  private static final Match NO_BEGINNING =
      new Match.TcpFlags(Set.of(FIN, SYN, RST, ACK), Set.of(SYN), true);

  private final NodeFacts facts;
  private final Family family;

  Untracked(NodeFacts facts, Family family) {
    this.facts = facts;
    this.family = family;
  }

  /** Whether there are such administrators, an agent that sees when they need it, and a way. */
  static boolean isPossible(NodeFacts facts, Family family) {
    return facts.clustered()
        && facts.ssh().isOpen(family)
        && facts.untracking() != Untracking.IMPOSSIBLE;
  }

  /** What they send, only to the node itself: to others it may have to be translated. */
  List<Rule> received() {
    return rules(
        port ->
            untrack(
                tcp(),
                new Match.Ports(Protocol.TCP, null, port),
                Match.InSet.source(SetNames.untracked(family)),
                new Match.DestinationType(Set.of(AddressType.LOCAL), false)));
  }

  /** What they are sent; nothing if there are none. */
  Optional<Table> sent() {
    if (!isPossible(facts, family)) {
      return Optional.empty();
    }
    var rules = new ArrayList<>(NotOurs.sent(facts, family));
    rules.addAll(
        rules(
            port ->
                untrack(
                    tcp(),
                    new Match.Ports(Protocol.TCP, port, null),
                    NO_BEGINNING,
                    to(SetNames.untracked(family)))));
    return Optional.of(
        new Table(TableName.RAW_OUTPUT, Uplinks.narrowSent(facts, new Chain("OUTPUT", rules))));
  }

  /**
   * Lets what they are sent leave where egress is judged: to the kernel it is no reply. Nor is it
   * once connections are tracked again, of which the kernel has missed a part.
   */
  List<Rule> replies() {
    var administrators = Failsafe.set(facts.ssh(), family).map(set -> to(set.name()));
    return rules(
        port ->
            pass(
                builtIn("SSH of administrators"),
                Stream.concat(
                        Stream.of(tcp(), new Match.Ports(Protocol.TCP, port, null), NO_BEGINNING),
                        administrators.stream())
                    .toArray(Match[]::new)));
  }

  private List<Rule> rules(Function<PortRange, Rule> rule) {
    return isPossible(facts, family)
        ? facts.ssh().ports().stream().map(PortRange::of).map(rule).toList()
        : List.of();
  }

  private static Rule untrack(Match... matches) {
    return new Rule(
        List.of(matches), new Verdict.Untrack(), builtIn("untracked SSH of administrators"));
  }

  private static Match tcp() {
    return new Match.IsProtocol(Protocol.TCP, false);
  }

  private static Match to(String set) {
    return new Match.InSet(set, Match.SetKey.DESTINATION, false);
  }
}
