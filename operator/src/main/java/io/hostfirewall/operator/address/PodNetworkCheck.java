package io.hostfirewall.operator.address;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hostfirewall.operator.select.NodeView;
import io.javaoperatorsdk.operator.api.reconciler.ResourceCache;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Looks for pods whose addresses we do not know, and wakes the policies when it finds one or the
 * last is gone. Every pod of a large cluster is not worth watching for that: some nodes are asked
 * for their pods in each round, one after the other, out of the API server's cache, which finds the
 * pods of a node by an index. Ten nodes of 110 pods are about 5 MB a round.
 */
public final class PodNetworkCheck<P extends HasMetadata>
    extends AbstractEventSource<StrangerPod, P> {

  private static final Logger LOG = Logger.getLogger(PodNetworkCheck.class);
  private static final int NODES_IN_A_ROUND = 10;

  private final KubernetesClient client;
  private final List<String> podCidrs;
  private final Duration between;
  private final ResourceCache<Node> nodes;
  private final ResourceCache<P> primaries;
  private final Map<String, StrangerPod> strangers = new TreeMap<>();
  private String lastAsked = "";
  private @Nullable ScheduledExecutorService rounds;
  private volatile Optional<StrangerPod> stranger = Optional.empty();

  /**
   * Made once for each start of a controller.
   *
   * @param podCidrs networks of pods that no Node tells of
   * @param between from the end of a round to the next
   */
  public PodNetworkCheck(
      KubernetesClient client,
      List<String> podCidrs,
      Duration between,
      ResourceCache<Node> nodes,
      ResourceCache<P> primaries) {
    super(StrangerPod.class, "pod-networks");
    this.client = client;
    this.podCidrs = List.copyOf(podCidrs);
    this.between = between;
    this.nodes = nodes;
    this.primaries = primaries;
  }

  /** A pod that was seen to have an address outside all networks that we know. */
  public Optional<StrangerPod> stranger() {
    return stranger;
  }

  @Override
  public Set<StrangerPod> getSecondaryResources(P primary) {
    return stranger.map(Set::of).orElse(Set.of());
  }

  @Override
  public synchronized void start() {
    super.start();
    rounds =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("pod-networks").daemon().factory());
    var _ = rounds.scheduleWithFixedDelay(this::look, 0, between.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public synchronized void stop() {
    super.stop();
    if (rounds != null) {
      rounds.shutdownNow();
    }
  }

  private void look() {
    try {
      round();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_FORBIDDEN) {
        LOG.warn("may not list pods: whether their networks are known is not checked");
        stop();
      }
      LOG.debug("pods not looked at", e);
    } catch (RuntimeException e) {
      // A round that was under way when the operator ended finds its client closed.
      LOG.log(isRunning() ? Logger.Level.ERROR : Logger.Level.DEBUG, "pods not looked at", e);
    }
  }

  private void round() {
    var all = new TreeMap<String, NodeView>();
    nodes.list(any -> true).map(NodeView::of).forEach(node -> all.put(node.name(), node));
    strangers.keySet().retainAll(all.keySet());
    for (var node : nextAfter(lastAsked, all)) {
      strangers.remove(node.name());
      StrangerPod.among(podsOf(node), node, all.values(), podCidrs)
          .ifPresent(found -> strangers.put(node.name(), found));
      lastAsked = node.name();
    }
    say(strangers.values().stream().min(Comparator.comparing(StrangerPod::node)));
  }

  private static List<NodeView> nextAfter(String name, NavigableMap<String, NodeView> nodes) {
    var order = new ArrayList<>(nodes.tailMap(name, false).values());
    order.addAll(nodes.headMap(name, true).values());
    return order.subList(0, Math.min(NODES_IN_A_ROUND, order.size()));
  }

  private List<Pod> podsOf(NodeView node) {
    return client
        .pods()
        .inAnyNamespace()
        .withField("spec.nodeName", node.name())
        .withField("spec.hostNetwork", "false")
        .list(new ListOptionsBuilder().withResourceVersion("0").build())
        .getItems();
  }

  /** The same pod in other words, or another pod of the same network, is no news. */
  private void say(Optional<StrangerPod> now) {
    var before = stranger;
    if (before.isPresent() && now.isPresent() && strangers.containsValue(before.get())) {
      return;
    }
    stranger = now;
    if (!now.equals(before)) {
      now.ifPresent(pod -> LOG.warn(pod.sentence()));
      primaries
          .list(any -> true)
          .forEach(p -> getEventHandler().handleEvent(new Event(ResourceID.fromResource(p))));
    }
  }
}
