package io.hostfirewall.ruleset.importing;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.foreign.RuleLine;
import java.util.Set;

/** What a rule does with a packet that meets it. */
sealed interface Act {

  /** Decides it. */
  record Decides(Action action) implements Act {}

  /** Lets the next table decide, or accepts it if there is none. */
  record Accepts() implements Act {}

  /** Leaves the chain. */
  record Returns() implements Act {}

  /** Goes on in another chain. */
  record Calls(String chain, boolean returns) implements Act {}

  record Logs() implements Act {}

  /** Counts, and nothing else. */
  record Counts() implements Act {}

  /**
   * Something else.
   *
   * @param decides whether it may be the end of the packet
   */
  record Other(String target, boolean decides) implements Act {}

  /** Targets after which the next rule is looked at. */
  Set<String> GOING_ON =
      Set.of(
          "MARK",
          "CONNMARK",
          "SECMARK",
          "CONNSECMARK",
          "CT",
          "NOTRACK",
          "TCPMSS",
          "TCPOPTSTRIP",
          "TTL",
          "HL",
          "TOS",
          "DSCP",
          "CHECKSUM",
          "SET",
          "TRACE",
          "AUDIT",
          "TEE",
          "CLASSIFY",
          "IDLETIMER",
          "LED");

  Set<String> ENDING =
      Set.of("NFQUEUE", "QUEUE", "TPROXY", "SYNPROXY", "TARPIT", "DNAT", "REDIRECT");

  static Act of(RuleLine rule) {
    var target = rule.target();
    if (target == null) {
      return new Counts();
    }
    return switch (target.name()) {
      case "ACCEPT" -> new Accepts();
      case "DROP" -> new Decides(Action.DENY);
      case "REJECT" -> new Decides(Action.REJECT);
      case "RETURN" -> new Returns();
      case "LOG", "NFLOG", "ULOG" -> new Logs();
      case String name when GOING_ON.contains(name) -> new Other(name, false);
      case String name when ENDING.contains(name) -> new Other(name, true);
      case String name -> new Calls(name, target.returns());
    };
  }
}
