package io.hostfirewall.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** The chart, rendered as {@code helm template} does. */
final class Chart {

  /** Seen from this module's folder, as are all paths here. */
  static final Path FOLDER = Path.of("host-firewall");

  static final Path PROJECT = Path.of("..");
  static final String NAMESPACE = "hostfirewall-system";

  /** The oldest that the chart is for. */
  private static final String KUBERNETES = "1.32.0";

  private static final String HOOK = "helm.sh/hook";
  private static final String HOOK_IN_DISGUISE = "helm.sh/kooh";

  private Chart() {}

  /** What the release {@code hostfirewall} would consist of, hooks included. */
  static String render(UnaryOperator<TemplateCommand> options) {
    var command =
        new Helm(copyWithHooks())
            .template()
            .withName("hostfirewall")
            .withNamespace(NAMESPACE)
            .withKubeVersion(KUBERNETES);
    return options.apply(command).call().replace(HOOK_IN_DISGUISE, HOOK);
  }

  /**
   * The library leaves hooks out: in a copy of the chart they are none, and called so again after.
   */
  private static Path copyWithHooks() {
    try {
      var copy = Path.of("target/chart-with-hooks");
      delete(copy);
      try (var files = Files.walk(FOLDER)) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          var target = copy.resolve(FOLDER.relativize(file));
          Files.createDirectories(target.getParent());
          Files.writeString(target, Files.readString(file).replace(HOOK, HOOK_IN_DISGUISE));
        }
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var files = Files.walk(folder)) {
        for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** The same as objects. */
  static List<Manifest> objects(UnaryOperator<TemplateCommand> options) {
    return Manifest.parseAll(render(options));
  }

  static List<Manifest> objects() {
    return objects(command -> command);
  }

  /** The values files that together turn every switch. */
  static List<Path> valuesFiles() throws IOException {
    try (var files = Files.list(FOLDER.resolve("ci"))) {
      return files.sorted().toList();
    }
  }

  /** A values file with these lines, gone with the folder. */
  static Path values(Path folder, String yaml) throws IOException {
    return Files.writeString(folder.resolve("values.yaml"), yaml);
  }
}
