package io.hostfirewall.e2e.node;

import io.hostfirewall.e2e.cluster.Kubectl;
import io.hostfirewall.e2e.lab.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/**
 * A cluster as its administrator has it, by kubectl and helm alone: one that the user names, else
 * k3s where Docker answers, else the lab. Tests that pull plugs, look into nodes or knock from
 * outside need the {@link Lab} itself.
 *
 * @param registry where the cluster gets our images from; empty if it has them already
 * @param lab present if this is the lab
 */
record Cluster(Kubectl kubectl, Release release, String registry, Optional<Lab> lab) {

  static final Path TOOLS = Path.of(System.getProperty("hostfirewall.tools", "missing"));

  /** What {@code make test-cluster KUBECONFIG=... IMAGES=...} gives; never taken from elsewhere. */
  private static final Optional<Path> KUBECONFIG =
      Optional.ofNullable(System.getProperty("hostfirewall.kubeconfig")).map(Path::of);

  private static final String IMAGES = System.getProperty("hostfirewall.images", "");

  private static final DockerImageName K3S =
      DockerImageName.parse(
              System.getProperty("hostfirewall.k3s.image", "rancher/k3s:v1.34.1-k3s1"))
          .asCompatibleSubstituteFor("rancher/k3s");

  /** Archives of images that lie here when k3s starts are imported by it. */
  private static final String IMAGES_OF_K3S = "/var/lib/rancher/k3s/agent/images/";

  /** The one cluster of this run. */
  static Cluster shared() {
    return Shared.CLUSTER;
  }

  private static final class Shared {
    static final Cluster CLUSTER = find();
  }

  private static Cluster find() {
    if (KUBECONFIG.isPresent()) {
      var cluster = of(KUBECONFIG.get(), IMAGES);
      cluster.requireUnused();
      return cluster;
    }
    if (!Sandbox.entered() && DockerClientFactory.instance().isDockerAvailable()) {
      return k3s();
    }
    var lab = Lab.shared();
    return new Cluster(lab.kubectl(), lab.release(), "", Optional.of(lab));
  }

  private static Cluster of(Path kubeconfig, String registry) {
    var kubectl = new Kubectl(TOOLS.resolve("kubectl"), kubeconfig);
    try {
      var helm =
          new Helm(TOOLS.resolve("helm"), kubeconfig, Files.createTempDirectory("helm-home"));
      var values = registry.isEmpty() ? List.<String>of() : List.of("image.registry=" + registry);
      return new Cluster(kubectl, new Release(helm, kubectl, values), registry, Optional.empty());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Testcontainers takes it away when this JVM has ended. */
  private static Cluster k3s() {
    var container = new K3sContainer(K3S);
    Lab.ourImages()
        .forEach(
            tar ->
                container.withCopyFileToContainer(
                    MountableFile.forHostPath(tar), IMAGES_OF_K3S + tar.getFileName()));
    container.start();
    try {
      var kubeconfig = Files.createTempFile("k3s", ".kubeconfig");
      Files.writeString(kubeconfig, container.getKubeConfigYaml());
      return of(kubeconfig, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of its Linux nodes. */
  List<String> nodes() {
    var names =
        kubectl.run(
            "get",
            "nodes",
            "--selector=kubernetes.io/os=linux",
            "-o",
            "jsonpath={.items[*].metadata.name}");
    return List.of(names.split(" ", -1));
  }

  /** The tests take away what they find of ours. */
  private void requireUnused() {
    for (var trace :
        List.of("namespace/" + Release.NAMESPACE, "crd/hostfirewallpolicies.hostfirewall.io")) {
      if (kubectl.attempt("get", trace).done()) {
        throw new IllegalStateException(
            "This cluster has Host Firewall already (%s), which these tests would take away: use a"
                    .formatted(trace)
                + " cluster without it, or uninstall it with its CRDs and its namespace.");
      }
    }
    kubectl.run("get", "nodes");
  }

  /** Leaves nothing in a cluster of others, however far a test came, and the lab as it was. */
  void leave() {
    if (lab.isPresent()) {
      release.ensure();
      release.withoutPolicies();
      return;
    }
    kubectl.attempt("delete", "hfp", "--all");
    kubectl.attempt("label", "nodes", "--all", "hostfirewall-");
    if (release.isInstalled()) {
      release.uninstall();
    }
    var crds = Release.CHART.resolve("files/crds").toString();
    kubectl.run("delete", "--ignore-not-found", "-f", crds);
    kubectl.run("delete", "--ignore-not-found", "namespace", Release.NAMESPACE);
  }
}
