package io.hostfirewall.operator.watch;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.Collection;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes and finds the informers of a controller. Reconcilers read whole caches, which are complete
 * before the first reconciliation, so the framework's own index of secondaries is left unused: it
 * would remember what a mapper said long ago.
 */
public final class Informers {

  /** Objects in one answer: a whole cluster at once, not yet slim, would need memory only then. */
  public static final long PAGE = 200;

  /** One of them may take 400 KB. */
  private static final long PAGE_OF_ADDRESS_SETS = 20;

  private Informers() {}

  /** An informer on all objects of a kind. */
  public static <R extends HasMetadata, P extends HasMetadata> InformerEventSource<R, P> on(
      Class<R> kind,
      EventSourceContext<P> context,
      Consumer<InformerEventSourceConfiguration.Builder<R>> settings) {
    InformerEventSourceConfiguration.Builder<R> builder =
        InformerEventSourceConfiguration.from(kind, context.getPrimaryResourceClass());
    builder.<P>withPrimaryToSecondaryMapper(primary -> Set.of());
    builder.withItemStore(new SlimStore<>()).withInformerListLimit(PAGE);
    settings.accept(builder);
    return new InformerEventSource<>(builder.build(), context);
  }

  /**
   * An informer on all address sets, of whose networks those are kept that the operator keeps
   * itself; of the others there may be a hundred thousand.
   */
  public static <P extends HasMetadata>
      InformerEventSource<HostFirewallAddressSet, P> onAddressSets(
          EventSourceContext<P> context,
          Consumer<InformerEventSourceConfiguration.Builder<HostFirewallAddressSet>> settings) {
    return on(
        HostFirewallAddressSet.class,
        context,
        builder -> {
          builder.withInformerListLimit(PAGE_OF_ADDRESS_SETS);
          settings.accept(builder);
        });
  }

  /** The informer that {@link #on} made for this controller. */
  public static <R extends HasMetadata, P extends HasMetadata> InformerEventSource<R, P> of(
      Class<R> kind, Context<P> context) {
    return (InformerEventSource<R, P>) context.eventSourceRetriever().getEventSourceFor(kind);
  }

  /** The cached objects of a kind, as of now. */
  public static <R extends HasMetadata> Collection<R> cached(Class<R> kind, Context<?> context) {
    return of(kind, context).list(any -> true).toList();
  }

  /** The names of cluster-scoped objects as the framework wants them. */
  public static Set<ResourceID> ids(Stream<? extends HasMetadata> objects) {
    return objects.map(ResourceID::fromResource).collect(Collectors.toSet());
  }
}
