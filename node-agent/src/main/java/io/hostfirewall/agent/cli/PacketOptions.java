package io.hostfirewall.agent.cli;

import io.hostfirewall.ruleset.packet.Here;
import io.hostfirewall.ruleset.packet.PacketParser;
import io.hostfirewall.ruleset.packet.PacketSyntaxException;
import io.hostfirewall.ruleset.packet.Question;
import java.util.List;
import picocli.CommandLine.Parameters;

/** The packet that is asked about. */
final class PacketOptions {

  /** How it is written. */
  static final String WORDS =
      """

      PACKET is tcp, udp, sctp, icmp TYPE or proto NUMBER, then FROM > TO and options, in quotes:
        'tcp 203.0.113.7:40000 > 10.0.0.5:22 in eth0'
        'icmp echo-request 2001:db8::7'
      Options:
        in IF            by which it comes
        out IF           the node sends it itself, beside in IF the node routes it on
        forward          the node routes it on
        state new|established|related|invalid|untracked
        flags S|SA|FPU|none
        at 5/s           what its source has been sending
        connections 10   how many its source has open, this one included
        hops 255         time to live, or hop limit
        dnat [ADDR:PORT] a NodePort or hostPort: TO is what the client spoke to
        local            behind dnat: to a process of the node itself""";

  @Parameters(paramLabel = "PACKET", arity = "1..*", description = "The packet, see below.")
  private List<String> words = List.of();

  /** As it was written. */
  String text() {
    return String.join(" ", words);
  }

  /** Reads it, or ends the command. */
  Question asked(Here here) {
    try {
      return PacketParser.parse(text(), here);
    } catch (PacketSyntaxException e) {
      throw Failure.invalid(
          "packet, column %d: %s%n  %s%n  %s^"
              .formatted(e.column(), e.problem(), text(), " ".repeat(e.column() - 1)));
    }
  }
}
