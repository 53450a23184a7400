package io.hostfirewall.e2e.node;

import io.hostfirewall.e2e.cluster.Kubectl;
import io.hostfirewall.e2e.lab.Sandbox;
import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * A cluster of two nodes in the sandbox, one for each mode of kube-proxy, with our images on them.
 * It is brought up once for all tests of a run, and gone with the sandbox.
 */
public final class Lab {

  /** The project's folder, seen from this module's. */
  static final Path PROJECT = Path.of("..");

  private static final Duration BOOT_LIMIT = Duration.ofMinutes(3);

  private static final Path SCRIPTS = Path.of(System.getProperty("hostfirewall.lab", "lab"));

  private final Path tools = Cluster.TOOLS;
  private final Path folder;
  private final Kubectl kubectl;
  private final Helm helm;
  private final List<Path> images;
  private final KubeletNode eleven = new KubeletNode(this, 11, KubeletNode.Proxy.IPTABLES);
  private final KubeletNode twelve = new KubeletNode(this, 12, KubeletNode.Proxy.NFTABLES);
  private final Stranger stranger;
  private final Workloads workloads;
  private final Release release;

  /** The one lab of this run. */
  public static Lab shared() {
    return Shared.LAB;
  }

  private static final class Shared {
    static final Lab LAB = new Lab();
  }

  private Lab() {
    Sandbox.require();
    try {
      folder = Files.createTempDirectory("lab").resolve("run");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    images = images();
    script("control-plane", List.of(tools.toString(), folder.toString(), "--nodes"));
    script("tiny-image", List.of(images.getFirst().toString()));
    var kubeconfig = folder.resolve("admin.kubeconfig");
    kubectl = new Kubectl(tools.resolve("kubectl"), kubeconfig);
    helm = new Helm(tools.resolve("helm"), kubeconfig, folder.resolve("helm"));
    stranger = new Stranger("stranger", "10.99.0.200");
    var booting = nodes().map(node -> CompletableFuture.runAsync(() -> node.boot(images)));
    CompletableFuture.allOf(booting.toArray(CompletableFuture[]::new)).join();
    workloads = new Workloads(kubectl);
    workloads.start(2);
    release = new Release(helm, kubectl, List.of());
  }

  private List<Path> images() {
    var all = new ArrayList<>(List.of(folder.resolveSibling("lab.tar")));
    all.addAll(ourImages());
    return List.copyOf(all);
  }

  /** The archives of our images. */
  static List<Path> ourImages() {
    var found = new ArrayList<Path>();
    for (var name : List.of("operator.tar", "node-agent.tar")) {
      var tar = PROJECT.resolve("target/images").resolve(name);
      if (!Files.exists(tar)) {
        throw new IllegalStateException(
            "There is no target/images/" + name + ": run `make images`.");
      }
      found.add(tar);
    }
    return List.copyOf(found);
  }

  public KubeletNode eleven() {
    return eleven;
  }

  KubeletNode twelve() {
    return twelve;
  }

  /** Both nodes. */
  Stream<KubeletNode> nodes() {
    return Stream.of(eleven, twelve);
  }

  /** A further node with a new disk; returns when it is ready. */
  KubeletNode add(int number) {
    var node = new KubeletNode(this, number, KubeletNode.Proxy.IPTABLES);
    node.boot(images);
    return node;
  }

  /** Takes a further node away for good. */
  void remove(KubeletNode node) {
    node.pullPlug();
    kubectl.run("delete", "node", node.name());
  }

  Kubectl kubectl() {
    return kubectl;
  }

  Helm helm() {
    return helm;
  }

  /** Somebody on the same wire who is not of the cluster. */
  Stranger stranger() {
    return stranger;
  }

  /** What runs beside us. */
  Workloads workloads() {
    return workloads;
  }

  /** What we install. */
  public Release release() {
    return release;
  }

  Path tools() {
    return tools;
  }

  Path folder() {
    return folder;
  }

  /** Runs a script of the lab; it must end well. */
  void script(String name, List<String> arguments) {
    runScript(name, arguments);
  }

  static void runScript(String name, List<String> arguments) {
    var command = new ArrayList<>(List.of(SCRIPTS.resolve(name).toString()));
    command.addAll(arguments);
    try {
      // What it starts in the background inherits its output, so that is a file.
      var output = Files.createTempFile(name, ".log");
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectOutput(output.toFile());
      var result = Shell.attempt(builder, "", BOOT_LIMIT);
      if (result.exit() != 0) {
        throw new IllegalStateException(command + ": " + Files.readString(output));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
