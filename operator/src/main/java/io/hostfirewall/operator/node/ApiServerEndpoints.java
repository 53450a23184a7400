package io.hostfirewall.operator.node;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/**
 * Where the API servers listen, as the service {@code kubernetes} says.
 *
 * @param slices its EndpointSlices, normally one
 */
record ApiServerEndpoints(Collection<EndpointSlice> slices) {

  /** The ports of the API server that runs on a node with these addresses; empty if none does. */
  List<Integer> portsOn(List<String> addresses) {
    return slices.stream()
        .filter(slice -> hasAny(slice, addresses))
        .flatMap(slice -> slice.getPorts().stream())
        .map(EndpointPort::getPort)
        .filter(Objects::nonNull)
        .distinct()
        .sorted()
        .toList();
  }

  private static boolean hasAny(EndpointSlice slice, List<String> addresses) {
    return slice.getEndpoints().stream()
        .flatMap(endpoint -> endpoint.getAddresses().stream())
        .anyMatch(addresses::contains);
  }
}
