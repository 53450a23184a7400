package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.check.Spelling;
import io.hostfirewall.ruleset.compile.BogusFlags;
import io.hostfirewall.ruleset.foreign.RuleLine;
import io.hostfirewall.ruleset.foreign.RuleOption;
import io.hostfirewall.ruleset.importing.Condition.Never;
import io.hostfirewall.ruleset.importing.PortWords.NoPortException;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.ProtocolNames;
import io.hostfirewall.ruleset.model.TcpFlag;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads which protocol a rule asks for, and what of it. */
final class PayloadReader {

  /** For which the kernel looks at nothing else (its icmp_type_code_match). */
  private static final Pattern ANY_NUMBER = Pattern.compile("255(/.*)?");

  private static final Pattern ICMP_NUMBERS = Pattern.compile("(\\d{1,3})(?:/(\\d{1,3}))?");

  /** What is meant by a misspelt protocol, almost always. */
  private static final List<String> USUAL =
      List.of("tcp", "udp", "icmp", "icmpv6", "sctp", "all", "esp", "gre", "igmp", "vrrp", "ospf");

  /** The answer of a DHCP server goes from one of these ports to the one behind it. */
  private static final int DHCP_SERVER = 67;

  private static final int DHCP_CLIENT = 68;
  private static final int DHCPV6_SERVER = 547;
  private static final int DHCPV6_CLIENT = 546;

  private final RuleLine rule;
  private final Family family;
  private final Notes notes;
  private final Condition.Draft draft;
  private Payload payload = new Payload.Anything();
  private @Nullable PortSet sources;

  PayloadReader(RuleLine rule, Family family, Notes notes, Condition.Draft draft) {
    this.rule = rule;
    this.family = family;
    this.notes = notes;
    this.draft = draft;
  }

  void read() {
    each("--protocol", this::protocol);
    each("--icmp-type", option -> icmpType(option, Family.IPV4));
    each("--icmpv6-type", option -> icmpType(option, Family.IPV6));
    each("--dport", option -> ports(option, true));
    each("--dports", option -> ports(option, true));
    each("--ctorigdstport", option -> ports(option, true));
    each("--sport", option -> ports(option, false));
    each("--sports", option -> ports(option, false));
    each("--ports", option -> draft.unknown(option.toString()));
    each("--syn", option -> flags(option, "FIN,SYN,RST,ACK", "SYN"));
    each("--tcp-flags", option -> flags(option, option.value(), option.values().getLast()));
    for (var name : List.of("--tcp-option", "--chunk-types", "--dccp-types", "--dccp-option")) {
      each(name, option -> draft.unknown(option.toString()));
    }
    senderPorts();
    draft.narrow(Packets.all(family).carrying(payload));
  }

  private void each(String name, Consumer<RuleOption> read) {
    rule.options().stream()
        .filter(option -> option.known() && option.name().equals(name))
        .forEach(read);
  }

  private void protocol(RuleOption option) {
    var word = option.value().toLowerCase(Locale.ROOT);
    var number = number(word);
    if (number.isEmpty() || number.getAsInt() > 255) {
      wrong(
          option,
          "\"%s\" is no protocol that is known here.%s"
              .formatted(option.value(), Spelling.hint(word, USUAL)));
    } else if (option.negated()) {
      draft.unknown(option.toString());
    } else if (number.getAsInt() != 0) {
      payload = ofNumber(number.getAsInt());
    }
  }

  private static OptionalInt number(String word) {
    if (word.equals("all")) {
      return OptionalInt.of(0);
    }
    return word.matches("\\d{1,3}")
        ? OptionalInt.of(Integer.parseInt(word))
        : ProtocolNames.number(word);
  }

  private Payload ofNumber(int number) {
    var icmp = family == Family.IPV4 ? 1 : 58;
    if (number == icmp) {
      return new Payload.Icmp(
          IcmpNames.questions(family).stream()
              .map(type -> new Payload.Icmp.Type(type, null))
              .collect(Collectors.toSet()));
    }
    return switch (number) {
      case 6 -> Payload.ToPorts.all(Protocol.TCP);
      case 17 -> Payload.ToPorts.all(Protocol.UDP);
      case 132 -> Payload.ToPorts.all(Protocol.SCTP);
      default -> new Payload.Numbers(Set.of(number));
    };
  }

  private void icmpType(RuleOption option, Family of) {
    if (of != family) {
      wrong(option, "%s is for the other family.".formatted(option.name()));
      return;
    }
    var word = option.value().replaceFirst("/0:255$", "");
    if (family == Family.IPV4 && (word.equals("any") || ANY_NUMBER.matcher(word).matches())) {
      if (option.negated()) {
        payload = payload.intersect(new Payload.Icmp(Set.of()));
      }
      return;
    }
    var numbers = ICMP_NUMBERS.matcher(word);
    var named = IcmpNames.type(word, family);
    if (named.isPresent()) {
      type(new Payload.Icmp.Type(named.get(), null), option);
    } else if (numbers.matches()) {
      var code = numbers.group(2) == null ? null : Integer.valueOf(numbers.group(2));
      type(new Payload.Icmp.Type(Integer.parseInt(numbers.group(1)), code), option);
    } else {
      wrong(option, "\"%s\" is no type of ICMP.%s".formatted(word, IcmpNames.hint(word, family)));
    }
  }

  private void type(Payload.Icmp.Type type, RuleOption option) {
    var questions = IcmpNames.questions(family);
    if (option.negated()) {
      var others = new TreeSet<Payload.Icmp.Type>();
      questions.forEach(question -> others.add(new Payload.Icmp.Type(question, null)));
      if (type.code() != null) {
        draft.unknown(option.toString());
      }
      others.removeIf(type::covers);
      payload = payload.intersect(new Payload.Icmp(others));
    } else if (questions.contains(type.type())) {
      payload = payload.intersect(new Payload.Icmp(Set.of(type)));
    } else {
      draft.never(Never.ICMP_ANSWERS);
    }
  }

  private void ports(RuleOption option, boolean destination) {
    try {
      var named = PortWords.ports(option.value());
      var meant = option.negated() ? named.complement() : named;
      if (destination && payload instanceof Payload.Numbers) {
        draft.unknown(option + " of a protocol other than TCP, UDP and SCTP");
      } else if (destination) {
        payload = payload.intersect(new Payload.ToPorts(protocols(), meant));
      } else {
        sources = sources == null ? meant : sources.intersect(meant);
      }
    } catch (NoPortException e) {
      wrong(option, e.sentence() + ".");
    }
  }

  /** Without a protocol, iptables refuses ports; conntrack's it takes. */
  private Set<Protocol> protocols() {
    return payload instanceof Payload.ToPorts(var protocols, var _)
        ? protocols
        : Set.of(Protocol.TCP, Protocol.UDP, Protocol.SCTP);
  }

  /** A policy does not look at the port that the sender chose. */
  private void senderPorts() {
    if (sources == null || sources.equals(PortSet.ALL)) {
      return;
    }
    var isAnswer = family == Family.IPV4 ? dhcp(DHCP_SERVER, DHCP_CLIENT) : dhcpv6();
    if (isAnswer) {
      draft.never(Never.DHCP);
    } else {
      draft.unknown("the sender's port, which the sender chooses");
    }
  }

  private boolean dhcpv6() {
    return dhcp(DHCPV6_SERVER, DHCPV6_CLIENT);
  }

  private boolean dhcp(int server, int client) {
    return sources != null
        && sources.equals(new PortSet(List.of(PortRange.of(server))))
        && new Payload.ToPorts(Set.of(Protocol.UDP), new PortSet(List.of(PortRange.of(client))))
            .covers(payload);
  }

  /**
   * A new TCP packet that passes the protections has SYN and nothing else of these flags, so that
   * the answer is known.
   */
  private void flags(RuleOption option, String mask, String set) {
    var looked = flags(option, mask);
    var wanted = flags(option, set);
    if (looked.isPresent() && wanted.isPresent()) {
      var ofSyn = EnumSet.noneOf(TcpFlag.class);
      ofSyn.addAll(looked.get());
      ofSyn.retainAll(Set.of(TcpFlag.SYN));
      if (ofSyn.equals(wanted.get()) == option.negated()) {
        var bogus = !option.negated() && BogusFlags.cover(looked.get(), wanted.get());
        draft.never(bogus ? Never.BOGUS_FLAGS : Never.NOT_SYN);
      }
      payload = payload.intersect(Payload.ToPorts.all(Protocol.TCP));
    }
  }

  private Optional<Set<TcpFlag>> flags(RuleOption option, String list) {
    if (list.equals("ALL")) {
      return Optional.of(EnumSet.allOf(TcpFlag.class));
    }
    var flags = EnumSet.noneOf(TcpFlag.class);
    for (var name : list.equals("NONE") ? new String[0] : list.split(",", -1)) {
      var flag =
          Arrays.stream(TcpFlag.values()).filter(f -> f.name().equalsIgnoreCase(name)).findFirst();
      if (flag.isEmpty()) {
        var names = Arrays.stream(TcpFlag.values()).map(Enum::name).toList();
        wrong(option, "\"%s\" is no flag of TCP.%s".formatted(name, Spelling.hint(name, names)));
        return Optional.empty();
      }
      flags.add(flag.get());
    }
    return Optional.of(flags);
  }

  private void wrong(RuleOption option, String sentence) {
    notes.mistake(rule.line(), option.column(), sentence);
    draft.unknown(option.toString());
  }
}
