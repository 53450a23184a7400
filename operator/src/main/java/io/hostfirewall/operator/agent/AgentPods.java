package io.hostfirewall.operator.agent;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.hostfirewall.operator.watch.Informers;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.SecondaryToPrimaryMapper;

/** Hears of agents' pods that come, go and become Ready. */
public final class AgentPods {

  private AgentPods() {}

  /**
   * An informer on them.
   *
   * @param concerned whom a pod concerns
   */
  public static <P extends HasMetadata> EventSource<Pod, P> on(
      AgentDaemonSets agents,
      EventSourceContext<P> context,
      SecondaryToPrimaryMapper<Pod> concerned) {
    return Informers.on(
        Pod.class,
        context,
        settings ->
            settings
                .withNamespaces(agents.namespace())
                .withLabelSelector(AgentDaemonSets.text(agents.agentSelector()))
                .withSecondaryToPrimaryMapper(concerned)
                .withOnUpdateFilter((now, before) -> Agents.changed(before, now)));
  }
}
