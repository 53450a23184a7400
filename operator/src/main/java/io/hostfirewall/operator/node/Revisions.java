package io.hostfirewall.operator.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.operator.select.RevisionChoice;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.net.HttpURLConnection;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The revisions that exist, those included that were created a moment ago and that the informer has
 * not told of yet: a policy's last accepted spec may stand in one of them.
 */
final class Revisions {

  private static final Logger LOG = Logger.getLogger(Revisions.class);

  private final KubernetesClient client;
  private final Map<String, HostFirewallRevision> recent = new ConcurrentHashMap<>();

  Revisions(KubernetesClient client) {
    this.client = client;
  }

  Collection<HostFirewallRevision> known(InformerEventSource<HostFirewallRevision, Node> informer) {
    recent.keySet().removeIf(name -> informer.get(new ResourceID(name)).isPresent());
    return Stream.concat(informer.list(any -> true), recent.values().stream()).toList();
  }

  /**
   * Creates a revision unless it exists. Equal names mean equal contents, so a conflict is fine.
   */
  void ensure(
      RevisionChoice.Named choice, InformerEventSource<HostFirewallRevision, Node> informer) {
    if (informer.get(new ResourceID(choice.name())).isPresent()
        || recent.containsKey(choice.name())) {
      return;
    }
    try {
      recent.put(choice.name(), client.resource(revision(choice)).create());
      LOG.infof("revision %s: %d policies", choice.name(), choice.content().policies().size());
    } catch (KubernetesClientException e) {
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        throw e;
      }
    }
  }

  private static HostFirewallRevision revision(RevisionChoice.Named choice) {
    var revision = new HostFirewallRevision();
    revision.setMetadata(
        new ObjectMetaBuilder()
            .withName(choice.name())
            .withLabels(Map.of(NodeStates.MANAGED_BY, NodeStates.OPERATOR))
            .build());
    revision.setSpec(choice.content());
    return revision;
  }
}
