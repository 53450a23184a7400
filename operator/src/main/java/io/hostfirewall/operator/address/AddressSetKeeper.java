package io.hostfirewall.operator.address;

import static io.hostfirewall.operator.watch.Informers.cached;
import static io.hostfirewall.operator.watch.Informers.ids;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.watch.Informers;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Keeps the address sets of the cluster. Its primary is the EndpointSlice of the API servers, which
 * every cluster has: changes of many nodes are one reconciliation of it, and the rate limiter of
 * the controller paces them.
 */
public final class AddressSetKeeper implements Reconciler<EndpointSlice> {

  private static final Logger LOG = Logger.getLogger(AddressSetKeeper.class);
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  private static final String OPERATOR = "hostfirewall-operator";

  private final KubernetesClient client;
  private final List<String> podCidrs;

  public AddressSetKeeper(KubernetesClient client, List<String> podCidrs) {
    this.client = client;
    this.podCidrs = List.copyOf(podCidrs);
  }

  @Override
  public List<EventSource<?, EndpointSlice>> prepareEventSources(
      EventSourceContext<EndpointSlice> context) {
    var apiServers = context.getPrimaryCache();
    var nodes =
        Informers.on(
            Node.class,
            context,
            settings ->
                settings
                    .withWatchAllNamespaces()
                    .withSecondaryToPrimaryMapper(node -> ids(apiServers.list(any -> true)))
                    .withOnUpdateFilter((now, before) -> NodeView.changed(before, now)));
    var sets =
        Informers.onAddressSets(
            context,
            settings ->
                settings
                    .withWatchAllNamespaces()
                    .withSecondaryToPrimaryMapper(set -> ids(apiServers.list(any -> true))));
    return List.of(nodes, sets);
  }

  @Override
  public UpdateControl<EndpointSlice> reconcile(
      EndpointSlice apiServers, Context<EndpointSlice> context) {
    ClusterAddresses.of(
            cached(Node.class, context).stream().map(NodeView::of).toList(),
            context.getPrimaryCache().list(any -> true).toList(),
            podCidrs)
        .forEach((name, networks) -> keep(name, networks, context));
    return UpdateControl.noUpdate();
  }

  private void keep(String name, List<String> networks, Context<EndpointSlice> context) {
    var wanted = new HostFirewallAddressSetSpec(null, networks);
    var present =
        Informers.of(HostFirewallAddressSet.class, context)
            .get(new ResourceID(name))
            .map(HostFirewallAddressSet::getSpec);
    if (present.filter(wanted::equals).isPresent()) {
      return;
    }
    client
        .resource(addressSet(name, wanted))
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(OPERATOR)
                .withForce(true)
                .build());
    LOG.infof("address set %s: %d networks", name, networks.size());
  }

  private static HostFirewallAddressSet addressSet(String name, HostFirewallAddressSetSpec spec) {
    var set = new HostFirewallAddressSet();
    set.setMetadata(
        new ObjectMetaBuilder().withName(name).withLabels(Map.of(MANAGED_BY, OPERATOR)).build());
    set.setSpec(spec);
    return set;
  }
}
