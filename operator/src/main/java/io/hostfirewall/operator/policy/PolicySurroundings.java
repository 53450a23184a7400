package io.hostfirewall.operator.policy;

import static io.hostfirewall.operator.watch.Informers.cached;
import static io.hostfirewall.operator.watch.Informers.ids;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.operator.address.PodNetworkCheck;
import io.hostfirewall.operator.address.StrangerPod;
import io.hostfirewall.operator.agent.AgentDaemonSets;
import io.hostfirewall.operator.agent.AgentPods;
import io.hostfirewall.operator.agent.Agents;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.ResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What concerns every policy alike: where agents answer, and whether the pods' networks are known.
 *
 * @param agents absent when the agents are somebody else's: then nobody watches them
 * @param podCidrs networks of pods that no Node tells of
 * @param betweenLooks from one look at the pods of some nodes to the next
 */
public record PolicySurroundings(
    KubernetesClient client,
    @Nullable AgentDaemonSets agents,
    List<String> podCidrs,
    Duration betweenLooks) {

  List<EventSource<?, HostFirewallPolicy>> eventSources(
      EventSourceContext<HostFirewallPolicy> context, ResourceCache<Node> nodes) {
    var check =
        new PodNetworkCheck<>(client, podCidrs, betweenLooks, nodes, context.getPrimaryCache());
    return Stream.<EventSource<?, HostFirewallPolicy>>concat(
            Stream.of(check), agents == null ? Stream.of() : Stream.of(pods(agents, context)))
        .toList();
  }

  Agents agents(Context<HostFirewallPolicy> context) {
    return agents == null ? Agents.unwatched() : Agents.of(cached(Pod.class, context));
  }

  static Optional<StrangerPod> stranger(Context<HostFirewallPolicy> context) {
    var check = context.eventSourceRetriever().getEventSourceFor(StrangerPod.class);
    return ((PodNetworkCheck<HostFirewallPolicy>) check).stranger();
  }

  private static EventSource<Pod, HostFirewallPolicy> pods(
      AgentDaemonSets agents, EventSourceContext<HostFirewallPolicy> context) {
    var policies = context.getPrimaryCache();
    return AgentPods.on(agents, context, pod -> ids(policies.list(any -> true)));
  }
}
