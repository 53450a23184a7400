package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;

/**
 * A table holds a rule that iptables cannot show, and then it shows nothing of that table, though
 * it goes on to write to it.
 */
final class HiddenTableException extends KernelException {

  private static final long serialVersionUID = 1;

  HiddenTableException(Family family, String table) {
    super(
        "table %2$s has a rule that nft made and iptables cannot show. See nft list table %1$s %2$s, and move it into a table of its own"
            .formatted(family == Family.IPV4 ? "ip" : "ip6", table));
  }
}
