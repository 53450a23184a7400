package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.transaction.InForce;
import io.hostfirewall.ruleset.compile.LogTarget;
import io.hostfirewall.ruleset.explain.Explanation;
import io.hostfirewall.ruleset.explain.Judges;
import io.hostfirewall.ruleset.explain.PolicyFields;
import io.hostfirewall.ruleset.packet.Here;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what becomes of a packet, and why. */
@Command(
    name = "explain",
    description = {
      "Says what becomes of a packet, and which field of which policy decides it: by policies in files"
          + " (-f), or by what is loaded in the kernel, which needs root.",
      "Ends with 0 if the packet is accepted, with 1 if it is not."
    },
    footer = PacketOptions.WORDS,
    mixinStandardHelpOptions = true)
final class ExplainCommand implements Callable<Integer> {

  @ArgGroup(exclusive = false)
  private @Nullable PolicyOptions policies;

  @Mixin private HostOptions host = new HostOptions();

  @Mixin private OutputOptions output = new OutputOptions();

  @Mixin private PacketOptions packet = new PacketOptions();

  @Override
  public Integer call() {
    var report = policies == null ? loaded() : written(policies);
    output.print(report, ExplainReport::text);
    return report.explanation().isAccepted() ? ExitCode.DONE : ExitCode.DIFFERS;
  }

  private ExplainReport written(PolicyOptions policies) {
    var hypothesis = Hypothesis.of(policies.read(), policies.uplinks());
    var question = packet.asked(hypothesis.here());
    return new ExplainReport(packet.text(), hypothesis.explain(question), List.of());
  }

  private ExplainReport loaded() {
    packet.asked(Here.unseen("eth0"));
    host.requireRoot("explain without -f");
    try {
      var kernel = host.host().kernel(host.host().survey().inUse());
      var now = kernel.observe();
      var own =
          new NodeObserver(
              List.of(), List.of(), List.of(), List.of(), List::of, new LogTarget.Kernel());
      var question = packet.asked(new ThisHost(own.standAlone().ownNetworks()));
      var inForce = InForce.of(now, question.packet().family());
      var judges = new Judges(inForce.rules(), inForce.generations(), inForce.sets());
      var explanation = Explanation.of(question, judges, new PolicyFields(List.of()));
      return new ExplainReport(packet.text(), explanation, inForce.remarks());
    } catch (KernelException e) {
      throw Failure.refused(e);
    }
  }
}
