package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.foreign.RuleLine;
import io.hostfirewall.ruleset.foreign.RuleOption;
import io.hostfirewall.ruleset.importing.AddressWords.NoNetworkException;
import io.hostfirewall.ruleset.importing.Condition.Never;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Networks;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Reads what a rule asks of a new packet that comes from outside, or leaves. */
final class ConditionReader {

  /** Extensions whose options are read here; others ask for what a policy cannot. */
  private static final Set<String> READ =
      Set.of(
          "tcp",
          "udp",
          "sctp",
          "icmp",
          "icmp6",
          "icmpv6",
          "multiport",
          "state",
          "conntrack",
          "comment",
          "limit",
          "hashlimit",
          "connlimit",
          "iprange",
          "addrtype",
          "rpfilter");

  private final RuleLine rule;
  private final Family family;
  private final Hook hook;
  private final String table;
  private final Notes notes;
  private final Condition.Draft draft;

  private ConditionReader(RuleLine rule, Family family, Hook hook, String table, Notes notes) {
    this.rule = rule;
    this.family = family;
    this.hook = hook;
    this.table = table;
    this.notes = notes;
    this.draft = new Condition.Draft(Packets.all(family));
  }

  static Condition read(RuleLine rule, Family family, Hook hook, String table, Notes notes) {
    return new ConditionReader(rule, family, hook, table, notes).read();
  }

  private Condition read() {
    rule.modules().stream()
        .filter(module -> !READ.contains(module))
        .forEach(module -> draft.unknown("-m " + module));
    rule.options().forEach(this::option);
    new PayloadReader(rule, family, notes, draft).read();
    new BudgetWords(rule, family, notes, draft).read();
    if (rule.modules().contains("rpfilter")) {
      reversePath();
    }
    if (hook != Hook.OUTPUT) {
      spoofed();
    }
    return draft.finish();
  }

  private void option(RuleOption option) {
    if (!option.known()) {
      draft.unknown(option.toString());
      return;
    }
    switch (option.name()) {
      case "--source" -> networks(option, true);
      case "--destination" -> networks(option, false);
      case "--src-range" -> range(option, true);
      case "--dst-range" -> range(option, false);
      case "--in-interface" -> interfaces(option, true);
      case "--out-interface" -> interfaces(option, false);
      case "--fragment" -> {
        if (!option.negated()) {
          draft.never(Never.FRAGMENTS);
        }
      }
      case "--state", "--ctstate" -> states(option);
      case "--ctdir" -> {
        if (option.value().equalsIgnoreCase("ORIGINAL") == option.negated()) {
          draft.never(Never.REPLIES);
        }
      }
      case "--dst-type" -> destinationType(option);
      case "--src-type" -> sourceType(option);
      case "--limit-iface-in", "--limit-iface-out" -> draft.unknown(option.name());
      case "--ctorigdst" -> translated(option);
      case "--ctorigdstport" -> {
        if (hook == Hook.FORWARD) {
          translated(option);
        }
      }
      case "--ctproto",
          "--ctorigsrc",
          "--ctreplsrc",
          "--ctrepldst",
          "--ctorigsrcport",
          "--ctreplsrcport",
          "--ctrepldstport",
          "--ctstatus",
          "--ctexpire" ->
          draft.unknown(option.toString());
      default -> {
        // An option of an extension that is read elsewhere, or that is unknown as a whole.
      }
    }
  }

  private void networks(RuleOption option, boolean source) {
    try {
      place(AddressWords.networks(option.value(), family), option.negated(), source);
    } catch (NoNetworkException e) {
      wrong(option, e.sentence());
    }
  }

  private void range(RuleOption option, boolean source) {
    try {
      place(AddressWords.range(option.value(), family), option.negated(), source);
    } catch (NoNetworkException e) {
      wrong(option, e.sentence());
    }
  }

  private void place(List<Cidr> networks, boolean negated, boolean source) {
    var all = Packets.everywhere(family);
    var meant = negated ? Networks.subtract(family, all, networks) : networks;
    var narrowed = Packets.all(family);
    draft.narrow(source ? narrowed.from(meant) : narrowed.to(meant));
  }

  private void interfaces(RuleOption option, boolean in) {
    var name = option.value();
    if (in ? hook == Hook.OUTPUT : hook == Hook.INPUT) {
      if (!option.negated() && !name.equals("+")) {
        draft.never(Never.OTHER_DIRECTION);
      }
      return;
    }
    if (name.equals("lo")) {
      if (!option.negated()) {
        draft.never(Never.LOOPBACK);
      }
      return;
    }
    var meant = option.negated() ? Interfaces.allBut(name) : Interfaces.of(name);
    var all = Packets.all(family);
    draft.narrow(in ? all.through(meant, Interfaces.ALL) : all.through(Interfaces.ALL, meant));
  }

  private void states(RuleOption option) {
    var states = List.of(option.value().toUpperCase(Locale.ROOT).split(",", -1));
    var known = Set.of("NEW", "ESTABLISHED", "RELATED", "INVALID", "UNTRACKED", "SNAT", "DNAT");
    if (!known.containsAll(states)) {
      wrong(
          option,
          "\"%s\" are not all states; those are %s"
              .formatted(option.value(), String.join(", ", sorted(known))));
      return;
    }
    var meetsNew = states.contains("NEW") != option.negated();
    var meetsInvalid = states.contains("INVALID") != option.negated();
    if (table.equals("raw") && (meetsNew || meetsInvalid)) {
      // There every packet is in state INVALID (xt_conntrack.c).
      draft.unknown(
          "%s %s in table raw, before packets are tracked"
              .formatted(option.name(), option.value()));
      return;
    }
    var translated = states.contains("DNAT") || states.contains("SNAT");
    if (translated && !states.contains("NEW")) {
      translated(option);
    } else if (meetsNew) {
      return;
    } else if (states.contains("INVALID") && !option.negated()) {
      draft.never(Never.INVALID);
    } else {
      draft.never(Never.REPLIES);
    }
  }

  /** What tells translated connections from others; those never come to rules of forward. */
  private void translated(RuleOption option) {
    draft.unknown(
        hook == Hook.FORWARD
            ? option
                + ", and ingress rules judge translated connections, by the port that the client spoke to"
            : option.toString());
  }

  private static List<String> sorted(Collection<String> words) {
    return words.stream().sorted().toList();
  }

  /** What is said of packets to the node is said of those to one of its own addresses. */
  private void destinationType(RuleOption option) {
    var types = List.of(option.value().split(",", -1));
    if (hook != Hook.INPUT) {
      draft.unknown(option.toString());
    } else if (types.contains("LOCAL") == option.negated()) {
      draft.never(Never.NOT_UNICAST);
    } else if (option.negated() || !types.containsAll(List.of("BROADCAST", "MULTICAST"))) {
      notes.notCarriedOver(
          rule.line(),
          "it does not mean broadcast and multicast, and what becomes of it does, too: name the node's own addresses with -d instead.",
          null);
    }
  }

  private void sourceType(RuleOption option) {
    if (option.value().equals("LOCAL") && !option.negated() && hook != Hook.OUTPUT) {
      draft.never(Never.SPOOFED);
    } else {
      draft.unknown(option.toString());
    }
  }

  private void reversePath() {
    if (rule.options().stream().anyMatch(option -> option.name().equals("--invert"))) {
      draft.never(Never.REVERSE_PATH);
    } else {
      draft.unknown("-m rpfilter without --invert");
    }
  }

  /** Loopback addresses from outside. */
  private void spoofed() {
    var loopback =
        Packets.all(family)
            .from(List.of(Cidr.parse(family == Family.IPV4 ? "127.0.0.0/8" : "::1/128")));
    var all = Packets.all(family);
    if (loopback.covers(all.from(draft.packets.sources()))
        || loopback.covers(all.from(draft.packets.destinations()))) {
      draft.never(Never.SPOOFED);
    }
  }

  private void wrong(RuleOption option, String sentence) {
    notes.mistake(rule.line(), option.column(), sentence + ".");
    draft.unknown(option.toString());
  }
}
