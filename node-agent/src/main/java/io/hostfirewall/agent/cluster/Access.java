package io.hostfirewall.agent.cluster;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * Where the API server is, whom to take for it, and who we are to it.
 *
 * @param token asked anew for every request, because a pod's is replaced before it expires; empty
 *     where a client certificate says who we are
 */
record Access(URI server, SSLContext tls, Supplier<Optional<String>> token) {

  /** Where kubelet puts what a pod needs to reach the API server. */
  private static final Path SERVICE_ACCOUNT =
      Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  /**
   * By the kubeconfig file that KUBECONFIG names, or as a pod.
   *
   * @throws ClusterException with one sentence that says what is missing
   */
  static Access find(Map<String, String> environment) throws ClusterException {
    var file = environment.getOrDefault("KUBECONFIG", "");
    if (!file.isEmpty()) {
      return KubeConfigFile.read(Path.of(file));
    }
    var host = environment.get("KUBERNETES_SERVICE_HOST");
    if (host == null || host.isEmpty()) {
      throw new ClusterException(
          "there is no API server to be found: this is no pod, and KUBECONFIG names no file");
    }
    var port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    return ofPod(
        URI.create("https://%s:%s".formatted(host.contains(":") ? "[" + host + "]" : host, port)));
  }

  private static Access ofPod(URI server) throws ClusterException {
    var authority = SERVICE_ACCOUNT.resolve("ca.crt");
    try {
      var tls = Tls.trusting(Files.readString(authority));
      return new Access(server, tls, () -> read(SERVICE_ACCOUNT.resolve("token")));
    } catch (IOException | GeneralSecurityException e) {
      throw new ClusterException("the pod's service account cannot be used: " + authority, e);
    }
  }

  /** Empty if it cannot be read just now: the API server says then what is missing. */
  static Optional<String> read(Path token) {
    try {
      return Optional.of(Files.readString(token).strip());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
