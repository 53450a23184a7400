package io.hostfirewall.e2e.cluster;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Stands for scheduler and kubelets of nodes that are only objects: a DaemonSet's pods are bound to
 * the nodes they are meant for, are Ready soon, and go when they are deleted.
 */
final class PretendedKubelets implements ResourceEventHandler<Pod>, AutoCloseable {

  private static final String NAMESPACE = "hostfirewall-system";

  private final KubernetesClient client;
  private final Set<String> silent = ConcurrentHashMap.newKeySet();
  private final SharedIndexInformer<Pod> work;

  PretendedKubelets(KubernetesClient client) {
    this.client = client;
    this.work = client.pods().inNamespace(NAMESPACE).inform(this);
  }

  /** Creates a node whose kubelet answers. */
  void add(String name) {
    silent.remove(name);
    var node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name)
            .addToLabels("kubernetes.io/os", "linux")
            .endMetadata()
            .withNewSpec()
            .withPodCIDR("10.42.1.0/24")
            .endSpec()
            .build();
    client.resource(node).create();
    sayReady(name, "True");
  }

  /** Pulls a node's plug: nothing on it changes any more. */
  void silence(String name) {
    silent.add(name);
    sayReady(name, "Unknown");
  }

  /** Its kubelet answers, but starts and ends no pod. */
  void jam(String name) {
    silent.add(name);
  }

  private void sayReady(String name, String ready) {
    client
        .nodes()
        .withName(name)
        .editStatus(
            node ->
                new NodeBuilder(node)
                    .editOrNewStatus()
                    .withConditions()
                    .addNewCondition()
                    .withType("Ready")
                    .withStatus(ready)
                    .endCondition()
                    .withAddresses()
                    .addNewAddress("192.0.2." + name.replaceAll("\\D", ""), "InternalIP")
                    .endStatus()
                    .build());
  }

  @Override
  public void onAdd(Pod pod) {
    tend(pod);
  }

  @Override
  public void onUpdate(Pod before, Pod pod) {
    tend(pod);
  }

  @Override
  public void onDelete(Pod pod, boolean unseen) {}

  private void tend(Pod pod) {
    var node = pod.getSpec().getNodeName();
    try {
      if (node == null) {
        bind(pod);
      } else if (!silent.contains(node)) {
        if (pod.getMetadata().getDeletionTimestamp() != null) {
          client.resource(pod).withGracePeriod(0).delete();
        } else if (pod.getStatus().getConditions().stream()
            .noneMatch(c -> c.getType().equals("Ready"))) {
          start(pod);
        }
      }
    } catch (KubernetesClientException e) {
      // Somebody was faster. The pod is gone then, or comes again as he left it.
    }
  }

  private void bind(Pod pod) {
    var meant =
        pod.getSpec()
            .getAffinity()
            .getNodeAffinity()
            .getRequiredDuringSchedulingIgnoredDuringExecution()
            .getNodeSelectorTerms()
            .getFirst()
            .getMatchFields()
            .getFirst()
            .getValues()
            .getFirst();
    var binding =
        new BindingBuilder()
            .withNewMetadata()
            .withName(pod.getMetadata().getName())
            .withNamespace(NAMESPACE)
            .endMetadata()
            .withNewTarget()
            .withApiVersion("v1")
            .withKind("Node")
            .withName(meant)
            .endTarget()
            .build();
    client.bindings().inNamespace(NAMESPACE).resource(binding).create();
  }

  private void start(Pod pod) {
    client
        .resource(pod)
        .editStatus(
            present ->
                new PodBuilder(present)
                    .editOrNewStatus()
                    .withPhase("Running")
                    .addNewCondition()
                    .withType("Ready")
                    .withStatus("True")
                    .endCondition()
                    .endStatus()
                    .build());
  }

  /** How many pods of a component each node has. */
  Map<String, Long> pods(String component) {
    return client
        .pods()
        .inNamespace(NAMESPACE)
        .withLabel("app.kubernetes.io/component", component)
        .list()
        .getItems()
        .stream()
        .filter(pod -> pod.getSpec().getNodeName() != null)
        .collect(Collectors.groupingBy(pod -> pod.getSpec().getNodeName(), Collectors.counting()));
  }

  @Override
  public void close() {
    work.close();
  }
}
