package io.hostfirewall.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.luaj.vm2.Globals;
import org.luaj.vm2.LoadState;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.compiler.LuaC;
import org.luaj.vm2.lib.BaseLib;
import org.luaj.vm2.lib.PackageLib;
import org.luaj.vm2.lib.TableLib;

/**
 * The health script for Argo CD, with Argo CD's own form of tests. The objects are what the
 * operator writes; another test of ours makes them.
 */
class ArgoHealthTest {

  private static final Path FOLDER =
      Chart.PROJECT.resolve("docs/argocd/hostfirewall.io/HostFirewallPolicy");

  static final List<JsonNode> CASES = cases();

  @ParameterizedTest
  @FieldSource("CASES")
  void a_phase_has_its_health(JsonNode test) throws IOException {
    var object = read(test.path("inputPath").asText());

    var health = health(object);

    assertThat(health.get("status").tojstring())
        .isEqualTo(test.at("/healthStatus/status").asText());
    assertThat(health.get("message").tojstring())
        .isEqualTo(test.at("/healthStatus/message").asText());
  }

  @Test
  void each_phase_is_tested() throws IOException {
    try (var files = Files.list(FOLDER.resolve("testdata"))) {
      assertThat(CASES)
          .extracting(test -> test.path("inputPath").asText())
          .containsExactlyInAnyOrderElementsOf(
              files.map(file -> FOLDER.relativize(file).toString()).toList());
    }
  }

  @Test
  void what_has_no_status_or_goes_away_is_progressing() {
    var fresh = Manifest.parse("metadata: {generation: 1}");
    var going =
        Manifest.parse(
            """
            metadata: {generation: 1, deletionTimestamp: "2026-01-01T12:00:00Z"}
            status: {observedGeneration: 1, conditions: [{type: Ready, status: "True"}]}
            """);

    assertThat(health(fresh).get("status").tojstring()).isEqualTo("Progressing");
    assertThat(health(going).get("status").tojstring()).isEqualTo("Progressing");
  }

  private static List<JsonNode> cases() {
    return StreamSupport.stream(read("health_test.yaml").path("tests").spliterator(), false)
        .toList();
  }

  private static JsonNode read(String file) {
    return Manifest.parse(text(FOLDER.resolve(file)));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs the script with the libraries that Argo CD gives it: no strings, no mathematics. */
  private static LuaValue health(JsonNode object) {
    var lua = new Globals();
    lua.load(new BaseLib());
    lua.load(new PackageLib());
    lua.load(new TableLib());
    LoadState.install(lua);
    LuaC.install(lua);
    lua.set("obj", value(object));
    return lua.load(text(FOLDER.resolve("health.lua"))).call();
  }

  private static LuaValue value(JsonNode json) {
    return switch (json.getNodeType()) {
      case OBJECT -> {
        var table = new LuaTable();
        json.properties().forEach(field -> table.set(field.getKey(), value(field.getValue())));
        yield table;
      }
      case ARRAY -> {
        var table = new LuaTable();
        for (var item : json) {
          table.set(table.length() + 1, value(item));
        }
        yield table;
      }
      case STRING -> LuaValue.valueOf(json.asText());
      case NUMBER -> LuaValue.valueOf(json.asDouble());
      case BOOLEAN -> LuaValue.valueOf(json.asBoolean());
      default -> LuaValue.NIL;
    };
  }
}
