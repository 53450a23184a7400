package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.cluster.ClusterView;
import io.hostfirewall.agent.cluster.KubectlException;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what the nodes of a cluster enforce. */
@Command(
    name = "status",
    description = {
      "Says what the nodes enforce, as their agents read it back from the kernels.",
      "Ends with 1 if a node does not enforce what it shall, or no node is to be seen."
    },
    mixinStandardHelpOptions = true)
final class ClusterStatusCommand implements Callable<Integer> {

  @Option(
      names = "--node",
      paramLabel = "NAME",
      description = "One node in detail; without it all of them.")
  private @Nullable String node;

  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Override
  public Integer call() {
    return node == null ? all() : one(node);
  }

  private int all() {
    var view = cluster.view();
    var report =
        ClusterOptions.answer(
            () ->
                ClusterReport.of(
                    view.nodeStates(), view.policiesOfRevisions(), view.nodes(), view.agents()));
    output.print(report, r -> r.text(Instant.now()));
    return report.isEnforced() ? ExitCode.DONE : ExitCode.DIFFERS;
  }

  private int one(String name) {
    var report = ClusterOptions.answer(() -> detail(name, cluster.view()));
    output.print(report, r -> r.text(Instant.now()));
    return report.summary().enforced() ? ExitCode.DONE : ExitCode.DIFFERS;
  }

  private static NodeDetail detail(String name, ClusterView view) throws KubectlException {
    var state = ToldNode.state(name, view);
    var revision = state.status() == null ? "" : NodeReport.text(state.status().revision());
    return NodeDetail.of(
        name,
        state,
        revision.isEmpty()
            ? List.of()
            : view.revision(revision).map(HostFirewallRevisionSpec::policies).orElse(List.of()),
        view.nodes().map(all -> all.get(name)),
        view.agents().on(name));
  }
}
