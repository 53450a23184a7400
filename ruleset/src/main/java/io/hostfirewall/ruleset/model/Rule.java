package io.hostfirewall.ruleset.model;

import java.util.List;

/**
 * One rule of a chain, in the order the kernel evaluates it.
 *
 * @param matches all must hold; empty matches every packet
 * @param origin the policy and rule this came from, shown as the rule's comment
 */
public record Rule(List<Match> matches, Verdict verdict, Origin origin) {

  public Rule {
    matches = List.copyOf(matches);
  }
}
