package io.hostfirewall.e2e.node;

import static io.hostfirewall.e2e.node.Release.eventually;

import java.util.List;

/**
 * The rules and sets of a node as a pod there reads them from the kernel, by the tools of the
 * agent's image. It needs no agent, so it also sees what an agent left behind.
 */
final class RulesOfNodes {

  private static final String CONTAINER =
      """
        - name: %1$s
          image: %3$s
          imagePullPolicy: IfNotPresent
          command: [%2$s]
          securityContext: {privileged: true}
      """;

  private final Cluster cluster;

  RulesOfNodes(Cluster cluster) {
    this.cluster = cluster;
  }

  /** All of them, in both families and of both back ends. */
  String on(String node, String image) {
    var name = "rules-of-" + node;
    var pod =
        new StringBuilder(
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s, namespace: hostfirewall-system}
            spec:
              nodeName: %s
              hostNetwork: true
              restartPolicy: Never
              automountServiceAccountToken: false
              tolerations: [{operator: Exists}]
              containers:
            """
                .formatted(name, node));
    for (var save :
        List.of(
            "iptables-nft-save", "ip6tables-nft-save",
            "iptables-legacy-save", "ip6tables-legacy-save")) {
      pod.append(CONTAINER.formatted(save, save, image));
    }
    pod.append(CONTAINER.formatted("sets", "ipset, list, -name", image));
    var kubectl = cluster.kubectl();
    kubectl.runWith(pod.toString(), "create", "-f", "-");
    try {
      eventually(name + " has ended")
          .until(
              () ->
                  kubectl
                      .run("get", "pod", name, inOurs(), "-o", "jsonpath={.status.phase}")
                      .equals("Succeeded"));
      return kubectl.run("logs", name, inOurs(), "--all-containers");
    } finally {
      kubectl.run("delete", "pod", name, inOurs(), "--now");
    }
  }

  private static String inOurs() {
    return "--namespace=" + Release.NAMESPACE;
  }
}
