package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.cluster.ClusterView;
import io.hostfirewall.agent.cluster.KubectlException;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says what the nodes of a cluster enforce. */
@Command(
    name = "status",
    description = {
      "Says what the nodes enforce, as their agents read it back from the kernels.",
      "Ends with 1 if a node does not enforce what it shall."
    },
    mixinStandardHelpOptions = true)
final class ClusterStatusCommand implements Callable<Integer> {

  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Override
  public Integer call() {
    var report = ClusterOptions.answer(() -> all(cluster.view()));
    output.print(report, r -> r.text(Instant.now()));
    return report.isEnforced() ? ExitCode.DONE : ExitCode.DIFFERS;
  }

  private static ClusterReport all(ClusterView view) throws KubectlException {
    return ClusterReport.of(
        view.nodeStates(), view.policiesOfRevisions(), view.nodes(), view.agents());
  }
}
