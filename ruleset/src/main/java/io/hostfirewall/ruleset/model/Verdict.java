package io.hostfirewall.ruleset.model;

/** What a rule does with a packet that it matches. */
public sealed interface Verdict {

  record Drop() implements Verdict {}

  record Reject(Answer answer) implements Verdict {}

  /** Leaves our chains: what we let pass is still judged by everybody else's rules. */
  record Return() implements Verdict {}

  record Accept() implements Verdict {}

  /** Goes on in another chain and comes back if that does not decide. */
  record Jump(String chain) implements Verdict {}

  /** Goes on in another chain and never comes back here. */
  record Goto(String chain) implements Verdict {}

  /** Nothing: the rule only counts. */
  record Count() implements Verdict {}

  /** Writes a line into the kernel's log; the next rule goes on. */
  record Log(String prefix) implements Verdict {}

  /** Hands the packet to those who listen to a group of nfnetlink_log; the next rule goes on. */
  record NetlinkLog(String prefix, int group) implements Verdict {}

  /** The kernel does not track the connection of this packet; it goes on with the next rule. */
  record Untrack() implements Verdict {}

  /** A target that is not ours, kept word for word. */
  record Verbatim(String text) implements Verdict {}

  /** What a rejected client is told. */
  enum Answer {
    TCP_RESET("tcp-reset"),
    PORT_UNREACHABLE("icmp-port-unreachable"),
    PORT_UNREACHABLE_IPV6("icmp6-port-unreachable");

    private final String text;

    Answer(String text) {
      this.text = text;
    }

    public String text() {
      return text;
    }

    /** The answer to everything but TCP. */
    public static Answer portUnreachable(Family family) {
      return family == Family.IPV4 ? PORT_UNREACHABLE : PORT_UNREACHABLE_IPV6;
    }
  }
}
