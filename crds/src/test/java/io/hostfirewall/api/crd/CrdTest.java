package io.hostfirewall.api.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What kubectl users see of the kinds, checked on the committed CRDs. */
class CrdTest {

  @ParameterizedTest
  @CsvSource({
    "hostfirewallpolicies, hfp, Priority Enforcement Nodes Applied Failed Ready Age",
    "hostfirewalladdresssets, hfas, Set Age",
    "hostfirewallrevisions, hfrev, Age",
    "hostfirewallnodestates, hfns, Revision State Backend Age"
  })
  void kinds_have_their_short_name_category_scope_and_columns(
      String plural, String shortName, String columns) throws IOException {
    var spec = new YAMLMapper().readTree(CrdYaml.committed().get(plural + ".yaml")).path("spec");

    assertThat(spec.path("scope").asText()).isEqualTo("Cluster");
    assertThat(texts(spec.path("names").path("shortNames"))).containsExactly(shortName);
    assertThat(texts(spec.path("names").path("categories"))).containsExactly("hostfirewall");
    assertThat(narrowColumns(spec)).containsExactly(columns.split(" "));
  }

  private static List<String> narrowColumns(JsonNode spec) {
    return stream(spec.path("versions").path(0).path("additionalPrinterColumns"))
        .filter(column -> column.path("priority").asInt() == 0)
        .map(column -> column.path("name").asText())
        .toList();
  }

  private static List<String> texts(JsonNode list) {
    return stream(list).map(JsonNode::asText).toList();
  }

  private static Stream<JsonNode> stream(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false);
  }
}
