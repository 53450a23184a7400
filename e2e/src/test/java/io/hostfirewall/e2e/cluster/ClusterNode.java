package io.hostfirewall.e2e.cluster;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.hostfirewall.e2e.lab.Listener;
import io.hostfirewall.e2e.lab.NetNamespace;
import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A node: an object of the cluster, a network namespace with TCP listeners, and our agent in it.
 */
public final class ClusterNode implements AutoCloseable {

  /** Longer than the second after which a lost SYN is sent again (RFC 6298). */
  private static final int CONNECT_MILLIS = 1500;

  private final ControlPlane cluster;
  private final int number;
  private final String backend;
  private final RunningProgram agent;
  private final NetNamespace namespace;
  private final List<Listener> listeners = new ArrayList<>();

  /** Makes the node's namespace; its object and its agent come when they are asked for. */
  public ClusterNode(ControlPlane cluster, int number, String backend, int... ports) {
    this(cluster, number, backend, UnaryOperator.identity(), Map.of(), ports);
  }

  /**
   * @param way gives the agent other credentials than those of its node
   * @param environment the agent's, beside that of the tests
   */
  ClusterNode(
      ControlPlane cluster,
      int number,
      String backend,
      UnaryOperator<Path> way,
      Map<String, String> environment,
      int... ports) {
    this.cluster = cluster;
    this.number = number;
    this.backend = backend;
    ControlPlane.script("node-namespace", Integer.toString(number));
    namespace = NetNamespace.of(name());
    for (var port : ports) {
      listeners.add(new Listener(namespace, port));
    }
    var state = cluster.folder(name());
    var command =
        new ArrayList<>(
            List.of(
                "ip",
                "netns",
                "exec",
                name(),
                agentProgram(),
                "run",
                "--node-name",
                name(),
                "--state-dir",
                state.toString(),
                "--backend",
                backend));
    register(Map.of());
    var kubeconfig =
        cluster
            .withToken(
                "hostfirewall-agent", "--bound-object-kind=Node", "--bound-object-name=" + name())
            .kubeconfig();
    var variables = new HashMap<>(environment);
    variables.put("KUBECONFIG", way.apply(kubeconfig).toString());
    agent = new RunningProgram(command, variables, state.resolve("agent.log"));
  }

  /** The program as it was built, unless somebody names it as it is packaged. */
  private static String agentProgram() {
    return System.getProperty(
        "hostfirewall.agent", System.getProperty("hostfirewall.bin", "missing"));
  }

  public String name() {
    return "node-" + number;
  }

  public String address() {
    return "10.99.0." + number;
  }

  /** Which iptables its agent uses: nft or legacy. */
  public String backend() {
    return backend;
  }

  public RunningProgram agent() {
    return agent;
  }

  /** Creates the node's object, or gives it these labels. */
  void register(Map<String, String> labels) {
    var node =
        new NodeBuilder()
            .withNewMetadata()
            .withName(name())
            .addToLabels("kubernetes.io/os", "linux")
            .addToLabels(labels)
            .endMetadata()
            .withNewSpec()
            .withPodCIDR("10.42." + number + ".0/24")
            .withPodCIDRs("10.42." + number + ".0/24", "fd42:" + number + "::/64")
            .endSpec()
            .build();
    cluster.client().resource(node).unlock().createOr(resource -> resource.update());
    cluster
        .client()
        .nodes()
        .withName(name())
        .editStatus(
            current ->
                new NodeBuilder(current)
                    .editOrNewStatus()
                    .withAddresses()
                    .addNewAddress(address(), "InternalIP")
                    .addNewAddress("fd99::" + number, "InternalIP")
                    .endStatus()
                    .build());
  }

  /**
   * Whether a new connection to a port of the node comes about, from the API server's host, which
   * is a stranger to it.
   */
  boolean accepts(int port) {
    return accepts(address(), port);
  }

  /** The same at one of its addresses. */
  boolean accepts(String address, int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** What the agent answers on the node itself; empty while it does not, or says no. */
  public Optional<String> ask(String path) {
    return namespace.call(
        () -> {
          var uri = URI.create("http://127.0.0.1:9473" + path);
          var connection = (HttpURLConnection) uri.toURL().openConnection();
          // A connection that is kept would be used for another node that has the same address.
          connection.setRequestProperty("Connection", "close");
          try (var body = connection.getInputStream()) {
            return Optional.of(new String(body.readAllBytes(), StandardCharsets.UTF_8));
          } catch (IOException e) {
            return Optional.<String>empty();
          } finally {
            connection.disconnect();
          }
        });
  }

  /** Runs a program on the node; it must end well. */
  public String run(String... command) {
    var words = new ArrayList<>(List.of("ip", "netns", "exec", name()));
    words.addAll(List.of(command));
    return Shell.run(words, "");
  }

  /** All rules of a back end in both families, without counters and remarks. */
  String rules(String backend) {
    return (run("iptables-" + backend + "-save") + run("ip6tables-" + backend + "-save"))
        .replaceAll("(?m)^#.*\\n", "")
        .replaceAll("\\[\\d+:\\d+]", "[0:0]");
  }

  /** All rules and sets, without counters and in an order of their own. */
  public String standing() {
    var sets =
        run("ipset", "save")
            .lines()
            .map(line -> line.replaceAll(" initval \\S+", ""))
            .sorted()
            .collect(Collectors.joining("\n"));
    return rules(backend) + sets;
  }

  @Override
  public void close() {
    agent.close();
    listeners.forEach(Listener::close);
    cluster.client().nodes().withName(name()).delete();
    namespace.close();
    Shell.attempt(List.of("ip", "netns", "del", "pod-" + number), "");
  }
}
