package io.hostfirewall.chart;

import static java.util.function.Predicate.not;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What people without Helm apply: the chart's default rendering without a word about Helm. */
final class PlainManifests {

  private static final Pattern BETWEEN_DOCUMENTS = Pattern.compile("(?m)^---\n");

  /** Annotations that only Helm reads stand alone in their objects. */
  private static final Pattern HOOK =
      Pattern.compile(
          "(?m)^  annotations:\n(?:    (?:helm\\.sh/.*|# Nodes that could not be reached.*)\n)+");

  private static final Pattern HELM =
      Pattern.compile(
          "(?m)^(?:# Source: .*| *helm\\.sh/chart: .*| *app\\.kubernetes\\.io/managed-by: Helm)\n");

  private static final String MADE =
      "# Made from the chart in helm/host-firewall by `make manifests`.\n";

  private static final String NAMESPACE =
      """
      apiVersion: v1
      kind: Namespace
      metadata:
        name: %s
        labels:
          app.kubernetes.io/name: host-firewall
          app.kubernetes.io/part-of: host-firewall
          # The agents work in the network of their host, which no stricter level allows.
          pod-security.kubernetes.io/enforce: privileged
      """
          .formatted(Chart.NAMESPACE);

  /** So that overlays can name the folder; whoever uninstalls applies that file by hand. */
  private static final String KUSTOMIZATION =
      """
      apiVersion: kustomize.config.k8s.io/v1beta1
      kind: Kustomization
      resources:
        - host-firewall.yaml
      """;

  private PlainManifests() {}

  /** Contents by file name. */
  static Map<String, String> fromChart() {
    var documents =
        BETWEEN_DOCUMENTS
            .splitAsStream(Chart.render(chart -> chart.set("crds.keep", false)))
            .filter(not(String::isBlank))
            .collect(Collectors.partitioningBy(document -> document.contains("helm.sh/hook:")));
    var files = new TreeMap<String, String>();
    files.put(
        "host-firewall.yaml",
        file(Stream.concat(Stream.of(NAMESPACE), documents.get(false).stream()).toList()));
    files.put("uninstall.yaml", file(documents.get(true)));
    files.put("kustomization.yaml", MADE + KUSTOMIZATION);
    return files;
  }

  private static String file(List<String> documents) {
    return documents.stream()
        .map(document -> HOOK.matcher(document).replaceAll(""))
        .map(document -> HELM.matcher(document).replaceAll(""))
        .map(document -> document.strip() + "\n")
        .collect(Collectors.joining("---\n", MADE, ""));
  }
}
