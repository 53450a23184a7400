package io.hostfirewall.ruleset.model;

import java.util.List;

/** A chain: the first rule whose matches hold and that decides, decides. */
public record Chain(String name, List<Rule> rules) {

  public Chain {
    rules = List.copyOf(rules);
  }
}
