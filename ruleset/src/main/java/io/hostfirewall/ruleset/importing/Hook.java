package io.hostfirewall.ruleset.importing;

import java.util.List;

/** Where packets are decided: to the node, through it, from it. */
public enum Hook {
  INPUT,
  FORWARD,
  OUTPUT;

  /** Tables and their chains, in the order in which a packet meets them. */
  List<String> chains() {
    return switch (this) {
      case INPUT -> List.of("raw PREROUTING", "mangle PREROUTING", "mangle INPUT", "filter INPUT");
      case FORWARD ->
          List.of(
              "raw PREROUTING",
              "mangle PREROUTING",
              "mangle FORWARD",
              "filter FORWARD",
              "mangle POSTROUTING");
      case OUTPUT -> List.of("raw OUTPUT", "mangle OUTPUT", "filter OUTPUT", "mangle POSTROUTING");
    };
  }
}
