package io.hostfirewall.ruleset.importing;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.foreign.RuleLine;
import io.hostfirewall.ruleset.foreign.RulesFile;
import io.hostfirewall.ruleset.foreign.RulesFile.Chain;
import io.hostfirewall.ruleset.foreign.RulesFile.Table;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Follows new packets through the chains of a file, and makes one list of decisions of them. A call
 * of another chain becomes the decisions of that chain. A condition under which a chain is left is
 * followed at once: what comes behind the call is decided for those packets, before the rest of the
 * chain is looked at. So the list decides every packet as the chains do.
 */
final class ChainFollower {

  private static final int MOST_STEPS = 200_000;
  private static final int DEEPEST = 64;

  /** The chains call each other in too many ways to be written as one list. */
  static final class EntangledException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EntangledException() {
      super("too entangled", null, false, false);
    }
  }

  /** Decides all of some packets. */
  private interface Rest {
    void decide(Packets packets);
  }

  /**
   * A built-in chain, and what is left of the way behind it.
   *
   * @param last whether nothing is left
   */
  private record Stage(Table table, Chain chain, Rest accepted, boolean last) {}

  private final RulesFile file;
  private final Hook hook;
  private final Notes notes;
  private final LineNotes lineNotes;
  private final LimitNotes limitNotes;
  private final SharedLimits sharedLimits;
  private final Map<Integer, Condition> conditions = new HashMap<>();
  private final Map<Integer, Integer> hidden = new HashMap<>();
  private final Rest passed = this::pass;
  private Decisions decisions;
  private @Nullable RuleLine acceptedBy;

  /** The line with the limit that is tried; 0 if none is. */
  private int limit;

  private int steps;
  private int depth;

  ChainFollower(RulesFile file, Hook hook, Notes notes, SharedLimits sharedLimits) {
    this.file = file;
    this.sharedLimits = sharedLimits;
    this.hook = hook;
    this.notes = notes;
    this.lineNotes = new LineNotes(file.family(), hook, notes);
    this.limitNotes = new LimitNotes(file.family(), notes);
    this.decisions = new Decisions(notes);
  }

  /**
   * Everything that is decided, the first that is about a packet first; the last one is about all
   * that are left.
   */
  List<Decision> follow() {
    var rest = passed;
    for (var place : hook.chains().reversed()) {
      rest = before(place, rest);
    }
    rest.decide(Packets.all(file.family()));
    return decisions.finish();
  }

  /** Lines that no packet reaches, with the line that decides every packet before. */
  Map<Integer, Integer> hidden() {
    return hidden;
  }

  /** Protections that the file has. */
  LineNotes lineNotes() {
    return lineNotes;
  }

  /** What no table refuses is accepted by the rule of filter that let it go on, if one did. */
  private void pass(Packets packets) {
    var by = acceptedBy;
    decisions.add(
        by == null
            ? Decision.plain(packets, Action.ACCEPT, 0, "")
            : Decision.plain(packets, Action.ACCEPT, by.line(), by.comment()));
  }

  /** What there is to say when all rules of the policy have been written. */
  LimitNotes limitNotes() {
    return limitNotes;
  }

  private Rest before(String place, Rest rest) {
    var blank = place.indexOf(' ');
    var table = file.table(place.substring(0, blank));
    var chain = table.flatMap(t -> t.chain(place.substring(blank + 1)));
    if (chain.isEmpty() || (chain.get().rules().isEmpty() && !drops(chain.get()))) {
      return rest;
    }
    var stage = new Stage(table.orElseThrow(), chain.get(), rest, rest.equals(passed));
    Rest end = drops(chain.get()) ? packets -> end(stage.chain(), packets) : rest;
    return packets -> {
      if (!walk(stage, stage.chain(), 0, packets, end)) {
        end.decide(packets);
      }
    };
  }

  private static boolean drops(Chain chain) {
    return "DROP".equals(chain.policy());
  }

  private void end(Chain chain, Packets packets) {
    decisions.add(Decision.plain(packets, Action.DENY, 0, chain.name()));
  }

  /**
   * Looks at the rules of a chain from one on.
   *
   * @param rest what decides packets that leave the chain
   * @return whether all of these packets are decided now; if not, the rest is due for the others
   */
  private boolean walk(Stage stage, Chain chain, int from, Packets packets, Rest rest) {
    if (++depth > DEEPEST) {
      throw new EntangledException();
    }
    try {
      for (var i = from; i < chain.rules().size(); i++) {
        if (++steps > MOST_STEPS || decisions.areTooMany()) {
          throw new EntangledException();
        }
        var turn = turn(new Position(stage, chain, i, rest), packets);
        if (turn != Turn.GOES_ON) {
          hide(chain, i);
          return turn == Turn.DECIDED;
        }
      }
      return false;
    } finally {
      depth--;
    }
  }

  /**
   * What is true of packets to the node's own addresses only hides nothing from the others, and a
   * limit nothing from those beyond it.
   */
  private void hide(Chain chain, int number) {
    var rule = chain.rules().get(number);
    var condition = conditions.get(rule.line());
    if (condition == null || condition.budget() != null) {
      return;
    }
    if (rule.options().stream().anyMatch(option -> option.name().equals("--dst-type"))) {
      return;
    }
    var by = rule.line();
    chain.rules().stream().skip(number + 1L).forEach(r -> hidden.putIfAbsent(r.line(), by));
  }

  /** What became of the packets that a chain looks at. */
  private enum Turn {
    GOES_ON,
    DECIDED,
    LEAVES
  }

  private record Position(Stage stage, Chain chain, int number, Rest rest) {
    RuleLine rule() {
      return chain.rules().get(number);
    }
  }

  private Turn turn(Position at, Packets packets) {
    var rule = at.rule();
    hidden.remove(rule.line());
    if (!rule.readable()) {
      notes.notCarriedOver(
          rule.line(), "the line cannot be read; iptables would refuse it, too.", packets);
      return Turn.GOES_ON;
    }
    var condition = condition(rule, at.stage().table());
    var act = Act.of(rule);
    if (condition.never() != null) {
      lineNotes.never(
          rule, act, condition, condition.never(), packets.intersect(condition.packets()));
      return Turn.GOES_ON;
    }
    var met = packets.intersect(condition.packets());
    if (met.isEmpty()) {
      return Turn.GOES_ON;
    }
    if (limit > 0) {
      limitNotes.left(rule, limit);
    }
    if (!condition.unknown().isEmpty()) {
      lineNotes.unknown(rule, act, condition, met);
      return Turn.GOES_ON;
    }
    var whole = condition.packets().covers(packets);
    if (condition.budget() != null && !(act instanceof Act.Logs)) {
      return limited(at, condition, act, met, whole);
    }
    return carryOut(at, condition, act, met, whole);
  }

  private Condition condition(RuleLine rule, Table table) {
    var known = conditions.get(rule.line());
    if (known == null) {
      known =
          notes.aloud(() -> ConditionReader.read(rule, file.family(), hook, table.name(), notes));
      conditions.put(rule.line(), known);
    }
    return known;
  }

  private Turn carryOut(Position at, Condition condition, Act act, Packets met, boolean whole) {
    var rule = at.rule();
    return switch (act) {
      case Act.Accepts() -> {
        accept(at, met);
        yield whole ? Turn.DECIDED : Turn.GOES_ON;
      }
      case Act.Decides(var action) -> {
        lineNotes.rejects(rule);
        decisions.add(Decision.plain(met, action, rule.line(), rule.comment()));
        yield whole ? Turn.DECIDED : Turn.GOES_ON;
      }
      case Act.Returns() -> {
        if (condition.budget() == null) {
          lineNotes.leaves(rule, at.chain().name());
        }
        if (whole) {
          yield Turn.LEAVES;
        }
        at.rest().decide(met);
        yield Turn.GOES_ON;
      }
      case Act.Calls(var name, var returns) -> call(at, name, returns, met, whole);
      case Act.Logs() -> {
        decisions.log(met, lineNotes.logged(rule, condition), rule.line());
        yield Turn.GOES_ON;
      }
      case Act.Counts(), Act.Other(_, _) -> {
        lineNotes.other(rule, act, met);
        yield Turn.GOES_ON;
      }
    };
  }

  /** Lets what comes behind the chain decide: the next table, or behind filter mangle's last. */
  private void accept(Position at, Packets met) {
    var rule = at.rule();
    if (!at.stage().table().name().equals("filter")) {
      lineNotes.letsGoOn(rule);
      at.stage().accepted().decide(met);
      return;
    }
    if (!at.stage().last()) {
      notes.alreadySo(rule.line(), "lets POSTROUTING of table mangle decide.");
    }
    var before = acceptedBy;
    acceptedBy = rule;
    at.stage().accepted().decide(met);
    acceptedBy = before;
  }

  private Turn call(Position at, String name, boolean returns, Packets met, boolean whole) {
    var table = at.stage().table();
    var target = table.chain(name);
    var rule = at.rule();
    if (OtherPrograms.write(name)) {
      notes.notCarriedOver(rule.line(), OtherPrograms.sentence(name), met);
      return Turn.GOES_ON;
    }
    if (target.isEmpty() || Calls.reach(table, name, at.chain().name())) {
      lineNotes.noChain(rule, name, table, target.isPresent(), met);
      return Turn.GOES_ON;
    }
    notes.alreadySo(rule.line(), "its chain %s was followed.".formatted(name));
    Rest behind = returns ? left -> goOn(at, left) : at.rest();
    var decided = walk(at.stage(), target.get(), 0, met, behind);
    if (decided) {
      return whole ? Turn.DECIDED : Turn.GOES_ON;
    }
    if (returns) {
      return Turn.GOES_ON;
    }
    if (!whole) {
      at.rest().decide(met);
    }
    return whole ? Turn.LEAVES : Turn.GOES_ON;
  }

  private void goOn(Position at, Packets left) {
    if (!walk(at.stage(), at.chain(), at.number() + 1, left, at.rest())) {
      at.rest().decide(left);
    }
  }

  /**
   * A policy can say a limit where all that is within it is accepted and all that is beyond it is
   * refused in one way.
   */
  private Turn limited(Position at, Condition condition, Act act, Packets met, boolean whole) {
    var rule = at.rule();
    Runnable acting = () -> decideBy(at, condition, act, met);
    Runnable passing = () -> goOn(at, met);
    var within = tried(rule, condition.exceeding() ? passing : acting);
    var beyond = tried(rule, condition.exceeding() ? acting : passing);
    var limit = Limits.of(rule, condition, met, within, beyond);
    if (limit.isPresent()) {
      limitNotes.limited(rule, condition, met, beyond, lineNotes.repliesAt());
      if (decisions.add(limit.get())) {
        share(rule, condition.budget(), limit.get(), within);
      }
      decisions.haveTheirPart(within);
      decisions.haveTheirPart(beyond);
      if (condition.exceeding()) {
        within.forEach(decision -> limitNotes.within(rule, decision.line()));
      }
      beyond.forEach(decision -> limitNotes.beyond(rule, decision.line()));
      return whole ? Turn.DECIDED : Turn.GOES_ON;
    }
    sharedLimits.counts(rule.line());
    var same = Limits.action(within);
    if (same.isPresent() && same.equals(Limits.action(beyond))) {
      limitNotes.limitWithoutEffect(rule, same.get(), beyond);
      return Turn.GOES_ON;
    }
    limitNotes.limitLost(rule, met);
    return condition.exceeding() ? Turn.GOES_ON : carryOut(at, condition, act, met, whole);
  }

  /** A limited decision may have two limits, that of the line and one of what is within it. */
  private void share(RuleLine rule, Budget budget, Decision limited, List<Decision> within) {
    sharedLimits.used(rule.line(), limited.packets());
    sharedLimits.listed(rule, budget, limited.packets());
    if (limited.rate() != null && limited.connections() != null) {
      sharedLimits.used(within.getFirst().line(), limited.packets());
    }
  }

  private void decideBy(Position at, Condition condition, Act act, Packets met) {
    switch (carryOut(at, condition, act, met, true)) {
      case DECIDED -> {}
      case LEAVES -> at.rest().decide(met);
      case GOES_ON -> goOn(at, met);
    }
  }

  /** The decisions that something would make, without making them. */
  private List<Decision> tried(RuleLine limited, Runnable trial) {
    var before = decisions;
    var outer = limit;
    limit = limited.line();
    var hiddenBefore = new HashMap<>(hidden);
    decisions = new Decisions(notes);
    try {
      notes.silently(trial);
      return decisions.finish();
    } finally {
      decisions = before;
      limit = outer;
      hidden.clear();
      hidden.putAll(hiddenBefore);
    }
  }
}
