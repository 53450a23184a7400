package io.hostfirewall.ruleset.model;

import java.util.List;
import java.util.function.UnaryOperator;

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

  /** This rule with another name for the chain that it leads to. */
  public Rule renamed(UnaryOperator<String> names) {
    return switch (verdict) {
      case Verdict.Jump(var chain) ->
          new Rule(matches, new Verdict.Jump(names.apply(chain)), origin);
      case Verdict.Goto(var chain) ->
          new Rule(matches, new Verdict.Goto(names.apply(chain)), origin);
      default -> this;
    };
  }
}
