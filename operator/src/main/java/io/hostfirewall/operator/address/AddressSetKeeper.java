package io.hostfirewall.operator.address;

import static io.hostfirewall.operator.watch.Informers.cached;
import static io.hostfirewall.operator.watch.Informers.ids;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.operator.select.NodeView;
import io.hostfirewall.operator.watch.Informers;
import io.hostfirewall.ruleset.check.NamedSets;
import io.hostfirewall.ruleset.merge.PeerSets;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.ResourceCache;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Keeps the address sets of the cluster, and one for each selector of nodes that is a peer in a
 * policy or in a revision that may still be in force. Its primary is the EndpointSlice of the API
 * servers, which every cluster has: changes of many nodes are one reconciliation of it, and the
 * rate limiter of the controller paces them.
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
    var policies =
        Informers.on(
            HostFirewallPolicy.class,
            context,
            settings ->
                settings
                    .withWatchAllNamespaces()
                    .withSecondaryToPrimaryMapper(
                        policy -> namingNodes(List.of(policy.getSpec()), apiServers))
                    .withOnUpdateFilter(AddressSetKeeper::specChanged));
    var revisions =
        Informers.on(
            HostFirewallRevision.class,
            context,
            settings ->
                settings
                    .withWatchAllNamespaces()
                    .withSecondaryToPrimaryMapper(
                        revision -> namingNodes(specs(revision).toList(), apiServers))
                    .withOnUpdateFilter((now, before) -> false));
    return List.of(nodes, sets, policies, revisions);
  }

  private static Set<ResourceID> namingNodes(
      List<HostFirewallPolicySpec> specs, ResourceCache<EndpointSlice> apiServers) {
    return specs.stream().allMatch(spec -> NamedSets.ofNodes(spec).isEmpty())
        ? Set.of()
        : ids(apiServers.list(any -> true));
  }

  /** What the policy named before may be needed no more. */
  private static boolean specChanged(HostFirewallPolicy now, HostFirewallPolicy before) {
    return !now.getMetadata().getGeneration().equals(before.getMetadata().getGeneration());
  }

  private static Stream<HostFirewallPolicySpec> specs(HostFirewallRevision revision) {
    return revision.getSpec().policies().stream().map(RevisionPolicy::spec);
  }

  @Override
  public UpdateControl<EndpointSlice> reconcile(
      EndpointSlice apiServers, Context<EndpointSlice> context) {
    var nodes = cached(Node.class, context).stream().map(NodeView::of).toList();
    ClusterAddresses.of(nodes, context.getPrimaryCache().list(any -> true).toList(), podCidrs)
        .forEach((name, networks) -> keep(name, networks, context));
    var selectors = selectors(context);
    ClusterAddresses.ofNodes(selectors, nodes)
        .forEach((name, networks) -> keep(name, networks, context));
    collect(selectors.keySet(), context);
    return UpdateControl.noUpdate();
  }

  /** Those of all policies, and of all revisions: a node may be told to run an old one still. */
  private static Map<String, LabelSelector> selectors(Context<EndpointSlice> context) {
    var selectors = new TreeMap<String, LabelSelector>();
    Stream.concat(
            cached(HostFirewallPolicy.class, context).stream().map(HostFirewallPolicy::getSpec),
            cached(HostFirewallRevision.class, context).stream().flatMap(AddressSetKeeper::specs))
        .forEach(spec -> selectors.putAll(NamedSets.ofNodes(spec)));
    return selectors;
  }

  /** Takes sets of nodes away that nobody needs any more. */
  private void collect(Set<String> needed, Context<EndpointSlice> context) {
    cached(HostFirewallAddressSet.class, context).stream()
        .map(set -> set.getMetadata().getName())
        .filter(name -> name.startsWith(PeerSets.OF_NODES) && !needed.contains(name))
        .forEach(
            name -> {
              client.resources(HostFirewallAddressSet.class).withName(name).delete();
              LOG.infof("address set %s: no policy needs it any more", name);
            });
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
