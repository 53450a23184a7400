package io.hostfirewall.ruleset.model;

/** TCP flags, in the order in which iptables prints them. */
public enum TcpFlag {
  FIN,
  SYN,
  RST,
  PSH,
  ACK,
  URG
}
