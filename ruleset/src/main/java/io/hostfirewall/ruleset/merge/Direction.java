package io.hostfirewall.ruleset.merge;

/** Which packets a list of rules is about. */
public enum Direction {
  INGRESS("ingress"),
  FORWARD("forward"),
  EGRESS("egress");

  private final String list;

  Direction(String list) {
    this.list = list;
  }

  /** The field of a policy that holds the rules. */
  public String list() {
    return list;
  }
}
