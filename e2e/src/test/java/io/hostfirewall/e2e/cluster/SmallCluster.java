package io.hostfirewall.e2e.cluster;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.core.ConditionFactory;

/**
 * A control plane, an operator, and a node for each of some back ends, {@code node-11} the first,
 * which answers at two ports. Operator and agents run once they are started.
 */
final class SmallCluster implements AutoCloseable {

  static final int WEB = 80;
  static final int OTHER = 8080;

  static final String NOTHING_BUT_WEB =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: web}
      spec:
        nodeSelector: {}
        ingress:
        - {name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}
      """;

  static final String NOTHING_BUT_OTHER = NOTHING_BUT_WEB.replace("port: 80}", "port: 8080}");

  private final ControlPlane controlPlane = ControlPlane.start();
  private final List<ClusterNode> nodes = new ArrayList<>();
  private final RunningProgram operator;

  /**
   * @param environment the operator's, beside that of the tests
   * @param backends nft or legacy, of each node
   */
  SmallCluster(Map<String, String> environment, String... backends) {
    controlPlane.installRights();
    for (var backend : backends) {
      nodes.add(new ClusterNode(controlPlane, 11 + nodes.size(), backend, WEB, OTHER));
    }
    operator = Operator.with(controlPlane, environment);
  }

  static ConditionFactory eventually(String what) {
    return await(what).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
  }

  /** Starts the operator and the agents. */
  void start() {
    operator.start();
    nodes.forEach(node -> node.agent().start());
  }

  /** Starts again what a test has ended. */
  void startWhatEnded() {
    var programs = new ArrayList<>(List.of(operator));
    nodes.forEach(node -> programs.add(node.agent()));
    programs.stream().filter(program -> !program.isRunning()).forEach(RunningProgram::start);
  }

  ControlPlane controlPlane() {
    return controlPlane;
  }

  Kubectl admin() {
    return controlPlane.admin();
  }

  KubernetesClient client() {
    return controlPlane.client();
  }

  Statuses statuses() {
    return new Statuses(controlPlane.client());
  }

  List<ClusterNode> nodes() {
    return nodes;
  }

  RunningProgram operator() {
    return operator;
  }

  void apply(String yaml) {
    admin().runWith(yaml, "apply", "-f", "-");
  }

  /** Waits until a policy as it is now is proven to be enforced on so many nodes. */
  void awaitReady(String policy, int onNodes) {
    eventually(policy + " ready on " + onNodes).until(() -> statuses().isReady(policy, onNodes));
  }

  @Override
  public void close() {
    nodes.forEach(ClusterNode::close);
    operator.close();
    controlPlane.close();
  }
}
