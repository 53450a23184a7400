package io.hostfirewall.ruleset.foreign;

import java.util.Optional;
import java.util.Set;

/** Conditions that iptables refuses for what is behind them, or for the chain they stand in. */
final class OptionValues {

  /** As many as fit into one multiport, of which a range takes two (XT_MULTI_PORTS). */
  private static final int MOST_PORTS = 15;

  /** As many characters as the name of an interface has at most (IFNAMSIZ of linux/if.h). */
  private static final int LONGEST_INTERFACE = 15;

  private OptionValues() {}

  /** Why iptables refuses this condition of a rule of the chain, if it does. */
  static Optional<String> refused(RuleOption option, String chain) {
    var value = option.value();
    var several = value.indexOf(',') >= 0;
    return switch (option.name()) {
      case "--source", "--destination" ->
          when(
              several && option.negated(),
              "\"!\" takes one network. Write a rule for each, or let them RETURN from a chain.");
      case "--dport", "--sport" ->
          when(
              several,
              "%s takes one port or one range. Write -m multiport %ss %s."
                  .formatted(option.name(), option.name(), value));
      case "--dports", "--sports", "--ports" ->
          when(
              places(value) > MOST_PORTS,
              "%s takes %d ports, of which a range counts for two, and these are %d."
                  .formatted(option.name(), MOST_PORTS, places(value)));
      case "--in-interface" ->
          device(value).or(() -> knows(chain, Set.of("OUTPUT", "POSTROUTING"), "-i", "-o"));
      case "--out-interface" ->
          device(value).or(() -> knows(chain, Set.of("INPUT", "PREROUTING"), "-o", "-i"));
      default -> Optional.empty();
    };
  }

  private static Optional<String> device(String name) {
    return when(
        name.length() > LONGEST_INTERFACE,
        "\"%s\" is no interface: their names have %d characters at most."
            .formatted(name, LONGEST_INTERFACE));
  }

  private static Optional<String> knows(
      String chain, Set<String> without, String option, String other) {
    return when(
        without.contains(chain),
        "chain %s knows no %s. Write %s, or leave it out.".formatted(chain, option, other));
  }

  private static Optional<String> when(boolean refused, String why) {
    return refused ? Optional.of(why) : Optional.empty();
  }

  private static long places(String ports) {
    return 1 + ports.chars().filter(c -> c == ',' || c == ':').count();
  }
}
