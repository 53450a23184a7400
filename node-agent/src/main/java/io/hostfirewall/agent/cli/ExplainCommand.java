package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.transaction.InForce;
import io.hostfirewall.ruleset.compile.LogTarget;
import io.hostfirewall.ruleset.explain.Explanation;
import io.hostfirewall.ruleset.explain.Judges;
import io.hostfirewall.ruleset.explain.PolicyFields;
import io.hostfirewall.ruleset.packet.Here;
import io.hostfirewall.ruleset.packet.PacketParser;
import io.hostfirewall.ruleset.packet.PacketSyntaxException;
import io.hostfirewall.ruleset.packet.Question;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Says what becomes of a packet, and why. */
@Command(
    name = "explain",
    description = {
      "Says what becomes of a packet, and which field of which policy decides it: by policies in files"
          + " (-f), or by what is loaded in the kernel, which needs root.",
      "Ends with 0 if the packet is accepted, with 1 if it is not."
    },
    footer = {
      "",
      "PACKET is tcp, udp, sctp, icmp TYPE or proto NUMBER, then FROM > TO and options, in quotes:",
      "  'tcp 203.0.113.7:40000 > 10.0.0.5:22 in eth0'",
      "  'icmp echo-request 2001:db8::7'",
      "Options:",
      "  in IF            by which it comes",
      "  out IF           the node sends it itself, beside in IF the node routes it on",
      "  forward          the node routes it on",
      "  state new|established|related|invalid|untracked",
      "  flags S|SA|FPU|none",
      "  at 5/s           what its source has been sending",
      "  connections 10   how many its source has open, this one included",
      "  hops 255         time to live, or hop limit",
      "  dnat [ADDR:PORT] a NodePort or hostPort: TO is what the client spoke to",
      "  local            behind dnat: to a process of the node itself"
    },
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {

  @ArgGroup(exclusive = false)
  private @Nullable PolicyOptions policies;

  @Mixin private HostOptions host = new HostOptions();

  @Mixin private OutputOptions output = new OutputOptions();

  @Parameters(paramLabel = "PACKET", arity = "1..*", description = "The packet, see below.")
  private List<String> packet = List.of();

  @Override
  public Integer call() {
    var text = String.join(" ", packet);
    var report = policies == null ? loaded(text) : written(text, policies);
    output.print(report, ExplainReport::text);
    return report.explanation().isAccepted() ? ExitCode.DONE : ExitCode.DIFFERS;
  }

  private static ExplainReport written(String text, PolicyOptions policies) {
    var hypothesis = Hypothesis.of(policies.read(), policies.uplinks());
    var question = question(text, hypothesis.here());
    return new ExplainReport(text, hypothesis.explain(question), List.of());
  }

  private ExplainReport loaded(String text) {
    question(text, Here.unseen("eth0"));
    host.requireRoot("explain without -f");
    try {
      var kernel = host.host().kernel(host.host().survey().inUse());
      var now = kernel.observe();
      var own =
          new NodeObserver(
              List.of(), List.of(), List.of(), List.of(), List::of, new LogTarget.Kernel());
      var question = question(text, new ThisHost(own.standAlone().ownNetworks()));
      var inForce = InForce.of(now, question.packet().family());
      var judges = new Judges(inForce.rules(), inForce.generations(), inForce.sets());
      var explanation = Explanation.of(question, judges, new PolicyFields(List.of()));
      return new ExplainReport(text, explanation, inForce.remarks());
    } catch (KernelException e) {
      throw Failure.refused(e);
    }
  }

  private static Question question(String text, Here here) {
    try {
      return PacketParser.parse(text, here);
    } catch (PacketSyntaxException e) {
      throw Failure.invalid(
          "packet, column %d: %s%n  %s%n  %s^"
              .formatted(e.column(), e.problem(), text, " ".repeat(e.column() - 1)));
    }
  }
}
