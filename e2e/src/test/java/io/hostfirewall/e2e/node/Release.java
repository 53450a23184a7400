package io.hostfirewall.e2e.node;

import static org.awaitility.Awaitility.await;

import io.hostfirewall.e2e.cluster.Kubectl;
import io.hostfirewall.e2e.lab.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;

/** Our release in a cluster, handled as people handle it: by helm and kubectl alone. */
public final class Release {

  static final String NAMESPACE = "hostfirewall-system";
  static final Path CHART = Lab.PROJECT.resolve("helm/host-firewall");

  static final String NAME = "hostfirewall";

  /** Enough for two operators and two agents to start beside each other on a busy machine. */
  private static final Duration LIMIT = Duration.ofMinutes(4);

  private final Helm helm;
  private final Kubectl kubectl;
  private final List<String> values;

  /** With values that this cluster needs whatever a test sets. */
  Release(Helm helm, Kubectl kubectl, List<String> values) {
    this.helm = helm;
    this.kubectl = kubectl;
    this.values = List.copyOf(values);
  }

  /** Whether helm knows it. */
  boolean isInstalled() {
    return helm.attempt(List.of("status", NAME, "--namespace", NAMESPACE)).exit() == 0;
  }

  /** Installs it with the chart's own values but for these, and waits for every agent. */
  public String install(String... values) {
    var output = helm.run(command("install", CHART, List.of("--create-namespace"), values));
    awaitAgents();
    return output;
  }

  /** Tries to install it. */
  Shell.Result attemptInstall(String... values) {
    return helm.attempt(command("install", CHART, List.of("--create-namespace"), values));
  }

  /** Installs it if it is not there, and in any case gives it the chart's own values. */
  void ensure() {
    // Without --reset-values helm takes those of the last time.
    helm.run(
        command("upgrade", CHART, List.of("--install", "--create-namespace", "--reset-values")));
    awaitAgents();
  }

  /** Changes it to a chart and values, and waits for every agent. */
  void upgrade(Path chart, String... values) {
    helm.run(command("upgrade", chart, List.of("--reset-values"), values));
    awaitAgents();
  }

  /** Takes it away; what helm said. */
  public String uninstall() {
    return helm.run(List.of("uninstall", NAME, "--namespace", NAMESPACE, "--wait", "--timeout=4m"));
  }

  private List<String> command(String verb, Path chart, List<String> options, String... more) {
    var words = new ArrayList<>(List.of(verb, NAME, chart.toString()));
    words.addAll(List.of("--namespace", NAMESPACE, "--wait", "--timeout=4m"));
    words.addAll(options);
    Stream.concat(values.stream(), Stream.of(more))
        .forEach(value -> words.addAll(List.of("--set", value)));
    return words;
  }

  /**
   * Waits until the operator has made the DaemonSet what the configuration says, and every node has
   * such an agent that is ready.
   */
  void awaitAgents() {
    eventually("the agents' shape").until(() -> configured().equals(shape()));
    eventually("every agent ready").until(this::allAgentsReady);
  }

  private String configured() {
    var file =
        kubectl.attempt(
            "get",
            "configmap/hostfirewall-agent",
            "--namespace=" + NAMESPACE,
            "-o",
            "jsonpath={.data.agent\\.yaml}");
    return setting(file.text(), "image") + " " + setting(file.text(), "privileged");
  }

  private static String setting(String file, String key) {
    var matcher = Pattern.compile("(?m)^" + key + ": \"?([^\"\\s]+)").matcher(file);
    return matcher.find() ? matcher.group(1) : "absent";
  }

  private String shape() {
    var container = "{.spec.template.spec.containers[0]";
    return kubectl
        .attempt(
            "get",
            "daemonset/hostfirewall-agent",
            "--namespace=" + NAMESPACE,
            "-o",
            "jsonpath=%1$s.image} %1$s.securityContext.privileged}".formatted(container))
        .text();
  }

  /** The image that the agents run. */
  String agentImage() {
    return kubectl.run(
        "get",
        "daemonset/hostfirewall-agent",
        "--namespace=" + NAMESPACE,
        "-o",
        "jsonpath={.spec.template.spec.containers[0].image}");
  }

  private boolean allAgentsReady() {
    var answer =
        kubectl.attempt(
            "get",
            "daemonset/hostfirewall-agent",
            "--namespace=" + NAMESPACE,
            "-o",
            "jsonpath={.metadata.generation} {.status.observedGeneration}"
                + " {.status.desiredNumberScheduled} {.status.updatedNumberScheduled}"
                + " {.status.numberReady}");
    var numbers = List.of(answer.text().split(" ", -1));
    return answer.done()
        && numbers.size() == 5
        && numbers.get(0).equals(numbers.get(1))
        && !numbers.get(2).equals("0")
        && numbers.get(2).equals(numbers.get(3))
        && numbers.get(2).equals(numbers.get(4));
  }

  /** Applies a policy. */
  public void apply(String yaml) {
    kubectl.runWith(yaml, "apply", "-f", "-");
  }

  /** Waits until a policy as it is now is enforced and proven on so many nodes. */
  public void awaitReady(String policy, int nodes) {
    eventually(policy + " ready on " + nodes).until(() -> isReady(policy, nodes));
  }

  private boolean isReady(String policy, int nodes) {
    var state =
        kubectl.attempt(
            "get",
            "hfp",
            policy,
            "-o",
            "jsonpath={.metadata.generation} {.status.observedGeneration} {.status.nodes.applied}"
                + " {.status.conditions[?(@.type=='Ready')].status}");
    var words = List.of(state.text().split(" ", -1));
    return words.size() == 4
        && words.get(0).equals(words.get(1))
        && words.get(2).equals(Integer.toString(nodes))
        && words.get(3).equals("True");
  }

  /** On how many nodes a policy is proven to be enforced. */
  int applied(String policy) {
    return Integer.parseInt(
        kubectl.run("get", "hfp", policy, "-o", "jsonpath={.status.nodes.applied}"));
  }

  /** Deletes all policies, and waits until the states say that nothing is enforced. */
  public void withoutPolicies() {
    kubectl.run("delete", "hfp", "--all");
    eventually("no node enforces anything")
        .until(
            () ->
                kubectl.run("get", "hfns", "-o", "jsonpath={.items[*].status.revision}").isBlank());
  }

  static ConditionFactory eventually(String what) {
    return await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(200));
  }
}
