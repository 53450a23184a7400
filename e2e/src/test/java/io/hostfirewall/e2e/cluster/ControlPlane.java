package io.hostfirewall.e2e.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A fresh API server in the sandbox, with our kinds, and the project's files to give it. */
public final class ControlPlane implements AutoCloseable {

  /** The project's folder, seen from this module's. */
  public static final Path PROJECT = Path.of("..");

  private static final Path LAB = Path.of(System.getProperty("hostfirewall.lab", "lab"));
  private static final Path TOOLS = Path.of(System.getProperty("hostfirewall.tools", "missing"));

  private final Path folder;
  private final Kubectl admin;
  private final KubernetesClient client;

  private ControlPlane(Path folder) throws IOException {
    this.folder = folder;
    this.admin = kubectl("admin");
    this.client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(Files.readString(admin.kubeconfig())))
            .build();
  }

  public static ControlPlane start() {
    try {
      var folder = Files.createTempDirectory("control-plane").resolve("run");
      script("control-plane", TOOLS.toString(), folder.toString());
      var started = new ControlPlane(folder);
      started.admin.run("create", "-f", PROJECT.resolve("crds/generated").toString());
      started.admin.run("wait", "--for=condition=Established", "--timeout=30s", "crd", "--all");
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Kubectl admin() {
    return admin;
  }

  /** Helm, which takes {@code --kubeconfig} as kubectl does, as somebody who may do everything. */
  Kubectl helm() {
    return new Kubectl(TOOLS.resolve("helm"), admin.kubeconfig());
  }

  /**
   * Gives the cluster our service accounts, their rights and the admission policies, and waits
   * until those are in force.
   */
  public void installRights() {
    var manifests = PROJECT.resolve("manifests/host-firewall.yaml");
    admin.run("apply", "-f", manifests.toString(), "-l", "app.kubernetes.io/component!=crds");
  }

  /** Who vouches for the API server. */
  Path certificateAuthority() {
    return folder.resolve("pki/ca.crt");
  }

  /** A client that may do everything. */
  public KubernetesClient client() {
    return client;
  }

  /** A new empty folder, gone with the control plane. */
  Path folder(String name) {
    try {
      return Files.createTempDirectory(folder, name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pulls the plug of the API server. */
  void killApiServer() {
    try {
      var pid = Long.parseLong(Files.readString(folder.resolve("apiserver.pid")).strip());
      ProcessHandle.of(pid)
          .ifPresent(
              process -> {
                process.destroyForcibly();
                process.onExit().join();
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts it again with the same data; back when it is ready. */
  void startApiServer() {
    run(List.of(folder.resolve("start-apiserver").toString()));
  }

  /** Somebody who has a token of a service account in our namespace. */
  Kubectl withToken(String serviceAccount, String... boundTo) {
    var request = new ArrayList<>(List.of("create", "token", serviceAccount));
    request.addAll(List.of("--namespace=hostfirewall-system"));
    request.addAll(List.of(boundTo));
    var name = "token-" + serviceAccount + "-" + String.join("-", boundTo).replaceAll("\\W+", "-");
    try {
      Files.writeString(
          folder.resolve(name + ".kubeconfig"),
          """
          apiVersion: v1
          kind: Config
          clusters: [{name: lab, cluster: {server: "https://10.99.0.1:6443", certificate-authority: %s}}]
          users: [{name: user, user: {token: %s}}]
          contexts: [{name: lab, context: {cluster: lab, user: user}}]
          current-context: lab
          """
              .formatted(certificateAuthority(), admin.run(request.toArray(String[]::new))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return kubectl(name);
  }

  @Override
  public void close() {
    client.close();
    script("down", folder.toString());
  }

  private Kubectl kubectl(String user) {
    return new Kubectl(TOOLS.resolve("kubectl"), folder.resolve(user + ".kubeconfig"));
  }

  /** Runs a script of the lab; it must end well. */
  static void script(String name, String... arguments) {
    var command = new ArrayList<>(List.of(LAB.resolve(name).toString()));
    command.addAll(List.of(arguments));
    run(command);
  }

  private static void run(List<String> command) {
    try {
      var output = Files.createTempFile("script", ".log");
      var exit =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start()
              .waitFor();
      if (exit != 0) {
        throw new IllegalStateException(command + ": " + Files.readString(output));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted: " + command, e);
    }
  }
}
