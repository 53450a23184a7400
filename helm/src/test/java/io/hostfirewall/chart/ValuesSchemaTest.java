package io.hostfirewall.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ValuesSchemaTest {

  /** Objects of Kubernetes, which the API server judges, and what Helm itself puts there. */
  private static final Set<String> OPEN =
      Set.of(
          "/global",
          "/definitions/env/items/valueFrom",
          "/definitions/affinity/nodeAffinity",
          "/definitions/affinity/podAffinity",
          "/definitions/affinity/podAntiAffinity",
          "/operator/topologySpreadConstraints/items",
          "/networkPolicy/ingress/items",
          "/networkPolicy/egress/items");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{agnet: {}}                                              | agnet",
        "{agent: {priviledged: false}}                            | priviledged",
        "{agent: {privileged: 'no'}}                              | /agent/privileged",
        "{agent: {backend: iptables}}                             | /agent/backend",
        "{agent: {trialSeconds: 0}}                               | /agent/trialSeconds",
        "{agent: {trialSeconds: 30s}}                             | /agent/trialSeconds",
        "{agent: {adminNetworks: [10.0.0.1]}}                     | /agent/adminNetworks/0",
        "{agent: {adminNetworks: [10.0.0.0/33]}}                  | /agent/adminNetworks/0",
        "{agent: {adminNetworks: ['fd00::/129']}}                 | /agent/adminNetworks/0",
        "{agent: {adminNetworks: 10.0.0.0/8}}                     | /agent/adminNetworks",
        "{agent: {uplinks: [eth0/1]}}                             | /agent/uplinks/0",
        "{agent: {health: {adress: 0.0.0.0}}}                     | adress",
        "{agent: {health: {port: 70000}}}                         | /agent/health/port",
        "{agent: {health: {address: localhost}}}                  | /agent/health/address",
        "{agent: {maxUnavailable: 110%}}                          | /agent/maxUnavailable",
        "{agent: {maxUnavailable: 0%}}                            | /agent/maxUnavailable",
        "{agent: {podInterfaces: [ve+th]}}                        | /agent/podInterfaces/0",
        "{agent: {tolerations: [{operater: Exists}]}}             | operater",
        "{agent: {resources: {limit: {memory: 1Gi}}}}             | limit",
        "{agent: {resources: {limits: {memory: 1 GB}}}}           | /agent/resources/limits/memory",
        "{agent: {extraEnv: [{name: A, vlaue: b}]}}               | vlaue",
        "{agent: {extraEnv: [{value: b}]}}                        | /agent/extraEnv/0",
        "{agent: {affinity: {nodeAfinity: {}}}}                   | nodeAfinity",
        "{agent: {stateFolder: var/lib}}                          | /agent/stateFolder",
        "{agent: {boot: {enable: true}}}                          | enable",
        "{agent: {image: {digest: abc}}}                          | /agent/image/digest",
        "{agent: {image: {pullPolicy: always}}}                   | /agent/image/pullPolicy",
        "{operator: {replicas: 0}}                                | /operator/replicas",
        "{operator: {replica: 1}}                                 | replica",
        "{operator: {nodeSelector: {a: true}}}                    | /operator/nodeSelector/a",
        "{operator: {podDisruptionBudget: {minAvailable: 1}}}     | minAvailable",
        "{operator: {revisionsKept: forever}}                     | /operator/revisionsKept",
        "{commonLabels: {'a b': c}}                               | a b",
        "{crds: {enable: true}}                                   | enable",
        "{crds: {keep: 'yes'}}                                    | /crds/keep",
        "{cleanup: {onUninstall: delete}}                         | /cleanup/onUninstall",
        "{cleanup: {deadlineSeconds: 1}}                          | /cleanup/deadlineSeconds",
        "{cluster: {podCidrs: []}}                                | podCidrs",
        "{cluster: {podCIDRs: [10.0.0.0]}}                        | /cluster/podCIDRs/0",
        "{imagePullSecrets: [regcred]}                            | /imagePullSecrets/0",
        "{metrics: {serviceMonitor: {enable: true}}}              | enable",
        "{networkPolicy: {egres: []}}                             | egres",
      })
  void wrong_values_are_refused_by_name(String values, String named, @TempDir Path folder)
      throws IOException {
    var file = Chart.values(folder, values);

    assertThatThrownBy(() -> Chart.render(chart -> chart.withValuesFile(file)))
        .hasMessageContaining("values don't meet the specifications")
        .hasMessageContaining(named);
  }

  @Test
  void no_object_takes_what_it_does_not_know() throws IOException {
    var open = new ArrayList<String>();
    collectOpen(schema(), "", open);

    assertThat(open).containsExactlyInAnyOrderElementsOf(OPEN);
  }

  @Test
  void every_value_is_in_the_schema_and_the_other_way_round() throws IOException {
    var values = Manifest.parse(Files.readString(Chart.FOLDER.resolve("values.yaml")));

    assertSameKeys(values, schema(), "");
  }

  private static void assertSameKeys(JsonNode values, JsonNode schema, String path)
      throws IOException {
    var properties = resolved(schema).path("properties");
    if (!values.isObject()
        || properties.isMissingNode()
        || OPEN.contains(path)
        || values.isEmpty()) {
      return;
    }
    var known = new ArrayList<>(names(properties));
    known.remove("global");
    if (!path.endsWith("/resources")) {
      assertThat(names(values)).as(path).containsExactlyInAnyOrderElementsOf(known);
    }
    for (var name : names(values)) {
      assertSameKeys(values.get(name), properties.path(name), path + "/" + name);
    }
  }

  private static void collectOpen(JsonNode node, String path, List<String> open) {
    var isObject = "object".equals(node.path("type").asText());
    if (isObject && !node.has("additionalProperties")) {
      open.add(path.replace("/properties", ""));
    }
    for (var entry : node.properties()) {
      collectOpen(entry.getValue(), path + "/" + entry.getKey(), open);
    }
  }

  private static List<String> names(JsonNode object) {
    var names = new ArrayList<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static JsonNode resolved(JsonNode schema) throws IOException {
    var reference = schema.path("$ref").asText();
    return reference.isEmpty() ? schema : schema().at(reference.substring(1));
  }

  private static JsonNode schema() throws IOException {
    return Manifest.parse(Files.readString(Chart.FOLDER.resolve("values.schema.json")));
  }
}
