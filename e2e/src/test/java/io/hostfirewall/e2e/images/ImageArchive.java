package io.hostfirewall.e2e.images;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.e2e.cluster.ControlPlane;
import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An image as an archive in the format of {@code docker save}.
 *
 * @param config what it is started with
 * @param layers the names of its layers in the archive, from the base upwards
 * @param listing a line for each file of each layer, as {@code tar -tv} prints them
 */
record ImageArchive(Path file, Config config, List<String> layers, List<String> listing) {

  /** The part of an image's configuration that containers get. */
  record Config(
      String user,
      List<String> entrypoint,
      String workingDirectory,
      Map<String, String> labels,
      String created) {}

  static ImageArchive named(String name) throws IOException {
    var file = ControlPlane.PROJECT.resolve("target/images").resolve(name + ".tar");
    if (!Files.exists(file)) {
      throw new IllegalStateException("There is no " + file + ": run `make images`.");
    }
    return in(file);
  }

  static ImageArchive in(Path file) {
    var manifest = json(part(file, "manifest.json")).get(0);
    var image = json(part(file, manifest.get("Config").asText()));
    var inner = image.get("config");
    var labels = new HashMap<String, String>();
    inner.get("Labels").properties().forEach(e -> labels.put(e.getKey(), e.getValue().asText()));
    var layers = texts(manifest.get("Layers"));
    return new ImageArchive(
        file,
        new Config(
            inner.get("User").asText(),
            texts(inner.get("Entrypoint")),
            inner.get("WorkingDir").asText(),
            labels,
            image.get("created").asText()),
        layers,
        layers.stream().flatMap(layer -> filesOf(file, layer)).toList());
  }

  static JsonNode json(String text) {
    return Serialization.unmarshal(text, JsonNode.class);
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }

  /** The paths of its files, of all layers, without a leading dot. */
  List<String> paths() {
    return listing.stream()
        .map(
            line ->
                line.strip()
                    .split("\\s+", 6)[5]
                    .replaceAll(" -> .*", "")
                    .replaceAll("^\\.?/?", "/"))
        .toList();
  }

  private static String part(Path file, String name) {
    return Shell.run(List.of("tar", "-xOf", file.toString(), name), "");
  }

  private static Stream<String> filesOf(Path file, String layer) {
    var list = "tar -xOf '%s' '%s' | tar -tvzf - 2>/dev/null".formatted(file, layer);
    return Shell.run(List.of("sh", "-c", list), "").lines();
  }
}
