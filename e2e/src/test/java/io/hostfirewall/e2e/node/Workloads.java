package io.hostfirewall.e2e.node;

import io.hostfirewall.e2e.cluster.Kubectl;
import java.util.List;

/**
 * What a cluster runs beside us: on every node a server on the host's own ports and a pod with a
 * page, behind a service with a NodePort.
 */
final class Workloads {

  /** Ports of the servers in the hosts' network. */
  static final int WEB = 80;

  static final int OTHER = 8080;

  /** The port of the pods' page. */
  static final int PAGE = 8088;

  /** The port of the service of those pages. */
  static final int SERVICE = 8000;

  /** Where kube-proxy offers the page on every node. */
  static final int NODE_PORT = 30080;

  private static final String YAML =
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: servers, namespace: default}
      spec:
        selector: {matchLabels: {app: servers}}
        template:
          metadata: {labels: {app: servers}}
          spec:
            hostNetwork: true
            terminationGracePeriodSeconds: 0
            tolerations: [{operator: Exists}]
            containers:
            - &server
              name: web
              image: localhost/lab:1
              imagePullPolicy: Never
              command: [httpd, -f, -h, /etc, -p, "80"]
            - <<: *server
              name: other
              command: [httpd, -f, -h, /etc, -p, "8080"]
      ---
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: page, namespace: default}
      spec:
        selector: {matchLabels: {app: page}}
        template:
          metadata: {labels: {app: page}}
          spec:
            terminationGracePeriodSeconds: 0
            containers:
            - name: page
              image: localhost/lab:1
              imagePullPolicy: Never
              command: [sh, -c, "mkdir /tmp/w; echo page of $NODE >/tmp/w/index.html; echo serving; exec httpd -f -v -h /tmp/w -p 8088"]
              env: [{name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
              readinessProbe: {httpGet: {path: /, port: 8088}, periodSeconds: 1, failureThreshold: 2}
              livenessProbe: {tcpSocket: {port: 8088}, periodSeconds: 2}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: page, namespace: default}
      spec:
        type: NodePort
        ipFamilyPolicy: RequireDualStack
        selector: {app: page}
        ports: [{port: 8000, targetPort: 8088, nodePort: 30080}]
      """;

  private final Kubectl kubectl;

  Workloads(Kubectl kubectl) {
    this.kubectl = kubectl;
  }

  /** Starts them and waits until they run on so many nodes. */
  void start(int nodes) {
    kubectl.runWith(YAML, "apply", "-f", "-");
    awaitReady(nodes);
  }

  void awaitReady(int nodes) {
    for (var name : List.of("servers", "page")) {
      kubectl.run(
          "wait",
          "daemonset/" + name,
          "--for=jsonpath={.status.numberReady}=" + nodes,
          "--timeout=3m");
    }
  }

  /** The name of the page's pod on a node. */
  String podOn(KubeletNode node) {
    return kubectl.run(
        "get",
        "pods",
        "--selector=app=page",
        "--field-selector=spec.nodeName=" + node.name(),
        "-o",
        "jsonpath={.items[0].metadata.name}");
  }

  /** The addresses of a pod, one of each family. */
  List<String> addressesOf(String pod) {
    return List.of(
        kubectl.run("get", "pod", pod, "-o", "jsonpath={.status.podIPs[*].ip}").split(" "));
  }

  /** The service's addresses, one of each family. */
  List<String> serviceAddresses() {
    return List.of(
        kubectl
            .run("get", "service", "page", "-o", "jsonpath={.spec.clusterIPs[*]}")
            .replaceAll("[\\[\\]\",]", " ")
            .strip()
            .split("\\s+"));
  }

  /** Asks for a page from inside a pod; an empty text if there is no answer. */
  String pageFrom(String pod, String host, int port) {
    var ask =
        "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 3 %s %d | sed '1,/^\\r*$/d'"
            .formatted(host, port);
    var answer = kubectl.attempt("exec", pod, "--", "sh", "-c", ask);
    return answer.done() ? answer.text() : "";
  }
}
