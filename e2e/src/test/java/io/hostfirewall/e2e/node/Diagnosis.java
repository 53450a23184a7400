package io.hostfirewall.e2e.node;

import io.hostfirewall.e2e.cluster.Kubectl;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** After a failed test: what the cluster looks like, for whoever reads the report. */
final class Diagnosis implements TestWatcher {

  private static final int LAST_LINES = 40;

  @Override
  public void testFailed(ExtensionContext context, Throwable cause) {
    var kubectl = Cluster.shared().kubectl();
    System.out.println("==== " + context.getDisplayName() + " failed: " + cause.getMessage());
    show(kubectl, "get", "nodes,hfp,hfns,hfrev");
    show(kubectl, "get", "hfp", "-o", "jsonpath={.items[*].status}");
    show(kubectl, "get", "pods,daemonsets,deployments,jobs", "--all-namespaces", "-o", "wide");
    show(kubectl, "get", "events", "--all-namespaces", "--sort-by=.lastTimestamp");
    for (var who : List.of("operator", "agent", "uninstall")) {
      show(
          kubectl,
          "logs",
          "--namespace=" + Release.NAMESPACE,
          "--selector=app.kubernetes.io/component=" + who,
          "--prefix",
          "--tail=" + LAST_LINES);
    }
    Cluster.shared().lab().ifPresent(lab -> lab.nodes().forEach(Diagnosis::showKubelet));
  }

  private static void show(Kubectl kubectl, String... command) {
    var lines = kubectl.attempt(command).text().lines().toList();
    System.out.println("---- kubectl " + String.join(" ", command));
    lines.stream().skip(Math.max(0, lines.size() - 5 * LAST_LINES)).forEach(System.out::println);
  }

  private static void showKubelet(KubeletNode node) {
    System.out.println("---- kubelet of " + node.name());
    try (var lines = Files.lines(node.file("/var/node/kubelet.log"))) {
      var errors = lines.filter(line -> line.startsWith("E")).toList();
      errors.stream().skip(Math.max(0, errors.size() - LAST_LINES)).forEach(System.out::println);
    } catch (IOException e) {
      System.out.println(e.getMessage());
    }
  }
}
