package io.hostfirewall.operator.watch;

/** The service {@code kubernetes}, whose EndpointSlice the API servers keep themselves. */
public final class KubernetesService {

  public static final String NAMESPACE = "default";
  public static final String SELECTOR = "kubernetes.io/service-name=kubernetes";

  private KubernetesService() {}
}
