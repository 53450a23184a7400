package io.hostfirewall.ruleset.importing;

import io.hostfirewall.api.v1alpha1.ReversePath;
import io.hostfirewall.ruleset.check.Spelling;
import io.hostfirewall.ruleset.foreign.RuleLine;
import io.hostfirewall.ruleset.foreign.RulesFile.Table;
import io.hostfirewall.ruleset.importing.Condition.Never;
import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What there is to say about lines of one built-in chain and of those that it calls. */
final class LineNotes {

  /**
   * A log without a limit becomes one with this, as iptables's own default of its limit per hour.
   */
  private static final int LOG_PER_MINUTE = 60;

  private static final int MOST_LOG_PER_MINUTE = 10_000;

  private static final String ON_PURPOSE = "Host Firewall does so anyway: ";

  private final Family family;
  private final Hook hook;
  private final Notes notes;
  private int repliesAt;
  private boolean exempts;
  private @Nullable ReversePath reversePath;

  LineNotes(Family family, Hook hook, Notes notes) {
    this.family = family;
    this.hook = hook;
    this.notes = notes;
  }

  /** A line that is about no new packet. */
  void never(RuleLine rule, Act act, Condition condition, Never reason, Packets about) {
    var line = rule.line();
    var refuses = act instanceof Act.Decides;
    switch (reason) {
      case LOOPBACK -> loopback(line, !refuses);
      case REPLIES -> replies(line, act);
      case INVALID -> ofInput(line, act, "invalidState", "packets of no connection");
      case NOT_SYN ->
          ofInput(line, act, "newNotSyn and bogusTcpFlags", "TCP that begins without a clean SYN");
      case BOGUS_FLAGS -> {
        if (hook == Hook.OUTPUT) {
          otherHook(line, "bogusTcpFlags");
        } else {
          protection(line, act, "bogusTcpFlags", "TCP with flags that only scanners send");
        }
      }
      case SPOOFED ->
          notes.alreadySo(
              line, "loopback passes, and its addresses from outside are dropped (spoofedSource).");
      case REVERSE_PATH -> reversePath(rule, act, condition, about);
      case FRAGMENTS ->
          notes.alreadySo(
              line, "connection tracking puts fragments together before any rule sees them.");
      case NOT_UNICAST ->
          notes.notCarriedOver(
              line, "a policy does not tell broadcast from other packets to the node.", null);
      case ICMP_ANSWERS -> icmpAnswers(line, !refuses);
      case DHCP -> dhcp(line, !refuses);
      case OTHER_DIRECTION -> otherDirection(line);
    }
  }

  private void alreadyIf(boolean so, int line, String already, String otherwise) {
    if (so) {
      notes.alreadySo(line, ON_PURPOSE + already);
    } else {
      notes.notCarriedOver(line, otherwise, null);
    }
  }

  private void dhcp(int line, boolean lets) {
    if (hook == Hook.INPUT) {
      alreadyIf(lets, line, "answers of a DHCP server pass.", "DHCP cannot be closed.");
    } else {
      notes.notCarriedOver(
          line,
          "answers of a DHCP server are known by the sender's port, which a policy does not look at.",
          null);
    }
  }

  private void loopback(int line, boolean lets) {
    alreadyIf(lets, line, "loopback passes.", "loopback is never closed.");
  }

  private void replies(int line, Act act) {
    if (act instanceof Act.Accepts) {
      repliesAt = repliesAt == 0 ? line : repliesAt;
    }
    alreadyIf(
        !(act instanceof Act.Decides),
        line,
        "what belongs to a connection passes.",
        "policies decide new connections; those that exist live on.");
  }

  private void ofInput(int line, Act act, String name, String what) {
    if (hook == Hook.INPUT) {
      protection(line, act, name, what);
    } else {
      otherHook(line, name);
    }
  }

  private void otherHook(int line, String name) {
    notes.notCarriedOver(
        line,
        "protections (%s) do not judge what the node %s; its %s rules do, as if it were new."
            .formatted(name, hook == Hook.FORWARD ? "routes" : "sends", Direction.field(hook)),
        null);
  }

  private void protection(int line, Act act, String name, String what) {
    switch (act) {
      case Act.Accepts() ->
          notes.notCarriedOver(
              line,
              "%s are dropped by protections (%s); what belongs to a connection passes anyway."
                  .formatted(what, name),
              null);
      case Act.Logs() ->
          notes.notCarriedOver(
              line, "protections (%s) drop %s and log nothing.".formatted(name, what), null);
      default ->
          notes.alreadySo(line, ON_PURPOSE + "protections (%s) drop %s.".formatted(name, what));
    }
  }

  private void icmpAnswers(int line, boolean lets) {
    alreadyIf(
        lets,
        line,
        family == Family.IPV4
            ? "answers and errors of connections pass."
            : "answers and errors of connections, neighbour and listener discovery pass.",
        "answers and errors of connections, and what IPv6 needs to find its neighbours, pass"
            + " whatever a policy says.");
  }

  /** The protection drops whatever comes by a wrong way, so that nothing less is the same. */
  private void reversePath(RuleLine rule, Act act, Condition condition, Packets about) {
    var loose = rule.options().stream().anyMatch(o -> o.name().equals("--loose"));
    var mode = loose ? ReversePath.LOOSE : ReversePath.STRICT;
    var isWhole =
        act instanceof Act.Decides
            && condition.budget() == null
            && condition.unknown().isEmpty()
            && about.covers(Packets.all(family))
            && !exempts;
    if (isWhole) {
      reversePath = reversePath == ReversePath.LOOSE ? reversePath : mode;
      notes.carriedOver(rule.line(), "protections.reversePath: %s.".formatted(word(reversePath)));
    } else {
      notes.notCarriedOver(
          rule.line(),
          "protections.reversePath drops all packets that come by a wrong way, and this line does not: write protections: {reversePath: %s} if all are meant."
              .formatted(word(mode)),
          null);
    }
  }

  private static String word(ReversePath mode) {
    return mode == ReversePath.LOOSE ? "Loose" : "Strict";
  }

  /** A line of a table before filter that lets packets pass by the rest of it. */
  void letsGoOn(RuleLine rule) {
    exempts = true;
    notes.alreadySo(rule.line(), "lets the next table decide.");
  }

  void leaves(RuleLine rule, String chain) {
    exempts = true;
    notes.alreadySo(rule.line(), "leaves chain %s.".formatted(chain));
  }

  private void otherDirection(int line) {
    var sentence =
        hook == Hook.INPUT
            ? "packets to the node itself leave by no interface, so that no packet of INPUT meets this."
            : "packets of the node itself come in by no interface, so that no packet of OUTPUT meets"
                + " this.";
    notes.alreadySo(line, sentence);
  }

  /** A line that asks for what a policy cannot say. */
  void unknown(RuleLine rule, Act act, Condition condition, Packets met) {
    var asks = String.join("; ", condition.unknown());
    notes.notCarriedOver(
        rule.line(),
        "it asks for what a policy does not: %s.%s".formatted(asks, remedy(rule, act)),
        mayDecide(act) ? met : null);
    if (asks.contains("sender's port") && act instanceof Act.Accepts && hook == Hook.INPUT) {
      notes.mistake(
          rule.line(),
          0,
          "this lets in whoever sends from that port, to any port it does not name; replies need no"
              + " such rule.");
    }
  }

  private static boolean mayDecide(Act act) {
    return switch (act) {
      case Act.Accepts(), Act.Decides(_), Act.Returns(), Act.Calls(_, _) -> true;
      case Act.Other(_, var decides) -> decides;
      case Act.Logs(), Act.Counts() -> false;
    };
  }

  private static String remedy(RuleLine rule, Act act) {
    if (rule.modules().contains("recent")) {
      return recent(rule);
    }
    if (rule.modules().contains("set")) {
      return " The addresses of a set are not in this file: make a HostFirewallAddressSet of them"
          + " and write from: [{addressSet: NAME}].";
    }
    if (rule.modules().contains("geoip")) {
      return " Write the networks of the countries into a HostFirewallAddressSet.";
    }
    return act instanceof Act.Decides && mayDecide(act)
        ? " What it refuses is decided by the rules behind it."
        : "";
  }

  private static String recent(RuleLine rule) {
    var seconds = number(rule, "--seconds");
    var hits = number(rule, "--hitcount");
    return seconds.isEmpty() || hits.isEmpty()
        ? " Write a rateLimit at the rule that accepts."
        : " Write rateLimit: {limit: %d, unit: Minute, burst: %d} at the rule that accepts."
            .formatted(Math.max(1, hits.get() * 60 / seconds.get()), hits.get());
  }

  private static Optional<Integer> number(RuleLine rule, String option) {
    return rule.options().stream()
        .filter(o -> o.name().equals(option) && o.value().matches("[1-9]\\d{0,5}"))
        .findFirst()
        .map(o -> Integer.valueOf(o.value()));
  }

  /** A line that decides nothing, or whose target is none of ours. */
  void other(RuleLine rule, Act act, Packets met) {
    switch (act) {
      case Act.Other _ when isUntracked(rule) ->
          notes.notCarriedOver(
              rule.line(),
              "what is not tracked is in no state, so that rules about new connections pass it over;"
                  + " a policy decides it like the rest.",
              met);
      case Act.Other(var target, var decides) ->
          notes.notCarriedOver(
              rule.line(),
              "-j %s is no business of a policy.".formatted(target),
              decides ? met : null);
      default -> notes.alreadySo(rule.line(), "it only counts, and every rule of ours does.");
    }
  }

  private static boolean isUntracked(RuleLine rule) {
    var target = rule.target();
    return target != null
        && (target.name().equals("NOTRACK")
            || target.options().stream().anyMatch(option -> option.name().equals("--notrack")));
  }

  void noChain(RuleLine rule, String name, Table table, boolean exists, Packets met) {
    var names = new ArrayList<>(List.of("ACCEPT", "DROP", "REJECT", "RETURN", "LOG"));
    table.chains().forEach(chain -> names.add(chain.name()));
    notes.mistake(
        rule.line(),
        rule.target() == null ? 0 : rule.target().column(),
        exists
            ? "chain %s leads back to itself, which iptables refuses.".formatted(name)
            : "there is no chain and no target %s.%s".formatted(name, Spelling.hint(name, names)));
    notes.notCarriedOver(rule.line(), "where it leads is not known.", met);
  }

  /** What a rejected client is told. */
  void rejects(RuleLine rule) {
    var target = rule.target();
    var answer = target == null ? Optional.<String>empty() : target.option("--reject-with");
    if (answer.isPresent() && !answer.get().matches("(tcp-reset|icmp6?-port-unreachable)")) {
      notes.carriedOver(
          rule.line(),
          "Reject answers with a TCP reset or port-unreachable, not with %s."
              .formatted(answer.get()));
    }
  }

  /** How many packets a minute a log line logs. */
  int logged(RuleLine rule, Condition condition) {
    if (!(condition.budget() instanceof Budget.Rate rate)) {
      notes.mistake(
          rule.line(),
          0,
          "a log without a limit fills the disk when somebody scans: write -m limit before it.");
      return LOG_PER_MINUTE;
    }
    var perMinute =
        switch (rate.unit()) {
          case SECOND -> rate.limit() * 60L;
          case MINUTE -> rate.limit();
          case HOUR -> rate.limit() / 60;
          case DAY -> rate.limit() / 1440;
        };
    return Math.clamp(perMinute, 1, MOST_LOG_PER_MINUTE);
  }

  /** The line that accepts what belongs to a connection; 0 if none was met. */
  int repliesAt() {
    return repliesAt;
  }

  /** What a protection of the file is in a policy; null if the file has none. */
  @Nullable ReversePath reversePath() {
    return reversePath;
  }
}
