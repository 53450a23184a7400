package io.hostfirewall.ruleset.model;

/** States of connection tracking, in the order in which iptables prints them. */
public enum ConnState {
  INVALID,
  NEW,
  RELATED,
  ESTABLISHED,
  UNTRACKED,
  SNAT,
  DNAT
}
