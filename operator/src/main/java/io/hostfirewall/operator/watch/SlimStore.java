package io.hostfirewall.operator.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The store of an informer that keeps of an object what the firewall may read. Who manages which
 * field, the images that a node has and what a pod is made of would be most of the operator's
 * memory in a large cluster.
 */
public final class SlimStore<R extends HasMetadata> extends BasicItemStore<R> {

  /** How names of address sets begin that the operator keeps. */
  private static final String OF_THE_OPERATOR = "cluster-";

  public SlimStore() {
    super(Cache::metaNamespaceKeyFunc);
  }

  @Override
  public @Nullable R put(String key, R object) {
    slim(object);
    return super.put(key, object);
  }

  private static void slim(HasMetadata object) {
    object.getMetadata().setManagedFields(List.of());
    object.getMetadata().setAnnotations(Map.of());
    switch (object) {
      case Node node -> slim(node);
      case Pod pod -> slim(pod);
      case HostFirewallAddressSet set -> slim(set);
      default -> {}
    }
  }

  private static void slim(Node node) {
    if (node.getStatus() != null) {
      node.getStatus().setImages(List.of());
      node.getStatus().setVolumesAttached(List.of());
      node.getStatus().setVolumesInUse(List.of());
      node.getStatus().setNodeInfo(null);
    }
  }

  /** The operator compares only what it writes itself. */
  private static void slim(HostFirewallAddressSet set) {
    if (set.getSpec() != null && !set.getMetadata().getName().startsWith(OF_THE_OPERATOR)) {
      set.setSpec(new HostFirewallAddressSetSpec(set.getSpec().set(), List.of()));
    }
  }

  private static void slim(Pod pod) {
    pod.getSpec().setContainers(List.of());
    pod.getSpec().setVolumes(List.of());
    pod.getSpec().setTolerations(List.of());
    pod.getSpec().setAffinity(null);
    if (pod.getStatus() != null) {
      pod.getStatus().setContainerStatuses(List.of());
    }
  }
}
