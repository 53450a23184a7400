package io.hostfirewall.agent.cli;

import io.hostfirewall.ruleset.packet.Here;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what becomes of a packet on a node of the cluster, and why. */
@Command(
    name = "explain",
    description = {
      "Says what becomes of a packet on a node, and which field of which policy decides it: by the"
          + " policies and address sets that the node is told to enforce.",
      "Ends with 0 if the packet is accepted, with 1 if it is not."
    },
    footer = PacketOptions.WORDS,
    mixinStandardHelpOptions = true)
final class ClusterExplainCommand implements Callable<Integer> {

  @Option(
      names = "--node",
      paramLabel = "NAME",
      required = true,
      description = "The node that the packet meets.")
  private String node = "";

  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private PacketOptions packet = new PacketOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Override
  public Integer call() {
    packet.asked(Here.unseen(""));
    var view = cluster.view();
    var told = ClusterOptions.answer(() -> ToldNode.read(node, view, view.addressSets()));
    var explanation = told.explain(packet.asked(told));
    var report = new ExplainReport(packet.text(), explanation, told.remarks());
    output.print(report, ExplainReport::text);
    return explanation.isAccepted() ? ExitCode.DONE : ExitCode.DIFFERS;
  }
}
