package io.hostfirewall.e2e.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.cluster.ControlPlane;
import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who builds the images again, elsewhere and later, gets the same bytes. Three parts are not made
 * again here: the base, which needs Debian's mirror; the archive of classes, which a run of the
 * agent leaves and which is not the same every time; and what Quarkus generates, which has numbers
 * in the order in which its threads came.
 */
class ReproducibleImagesNodesIT {

  private static final Path IMAGES = ControlPlane.PROJECT.resolve("target/images");
  private static final LocalDateTime BUILT = LocalDateTime.parse("2026-01-01T00:00:00");
  private static final Pattern MODULES = Pattern.compile("(?m)^MODULES=\"(.*)\"$");
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir private Path elsewhere;

  @Test
  void made_again_elsewhere_they_are_the_same() throws IOException {
    for (var name : List.of("operator", "node-agent")) {
      Files.createDirectories(elsewhere.resolve(name));
      copy(name + "/base.tar");
    }
    linkAgain("agent-java");
    copy("layers/operator-java");
    run("images/lay-out", elsewhere.toString());
    copy("layers/agent-archive/opt");
    copy("layers/operator-generated/opt");
    pack();

    assertThat(layers("node-agent", elsewhere)).isEqualTo(layers("node-agent", IMAGES));
    assertThat(layers("operator", elsewhere)).isEqualTo(layers("operator", IMAGES));
    assertThat(digest("node-agent", elsewhere)).isEqualTo(digest("node-agent", IMAGES));
    assertThat(digest("operator", elsewhere)).isEqualTo(digest("operator", IMAGES));

    // The control: a time that is let in is seen.
    Files.writeString(
        elsewhere.resolve("layers/agent/opt/hostfirewall/agent"),
        "# " + Instant.now() + "\n",
        StandardOpenOption.APPEND);
    pack();
    assertThat(digest("node-agent", elsewhere)).isNotEqualTo(digest("node-agent", IMAGES));
  }

  @ParameterizedTest
  @ValueSource(strings = {"node-agent", "operator"})
  void no_file_is_younger_than_the_sources_say(String name) throws IOException {
    assertThat(ImageArchive.named(name).listing())
        .isNotEmpty()
        .allSatisfy(
            line -> {
              var words = line.strip().split("\\s+", 6);
              assertThat(LocalDateTime.parse(words[3] + "T" + words[4])).isBeforeOrEqualTo(BUILT);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"agent", "operator"})
  void neither_is_a_file_in_a_jar_of_ours(String layer) throws IOException {
    try (var files = Files.walk(IMAGES.resolve("layers").resolve(layer))) {
      var jars = files.filter(file -> file.toString().endsWith(".jar")).toList();
      assertThat(jars).isNotEmpty();
      for (var jar : jars) {
        try (var zip = new ZipFile(jar.toFile())) {
          assertThat(zip.stream())
              .as(jar.toString())
              .isNotEmpty()
              .allSatisfy(entry -> assertThat(entry.getTimeLocal()).isEqualTo(BUILT));
        }
      }
    }
  }

  private void linkAgain(String layer) throws IOException {
    var java = Path.of("layers", layer, "opt/java");
    var modules = MODULES.matcher(Files.readString(IMAGES.resolve(java).resolve("release")));
    assertThat(modules.find()).isTrue();
    var words = new ArrayList<>(List.of("images/runtime", architecture()));
    words.add(elsewhere.resolve(java).toString());
    words.addAll(List.of(modules.group(1).split(" ")));
    run(words.toArray(String[]::new));
  }

  private void pack() {
    run("images/pack", elsewhere.toString(), architecture());
  }

  private static String architecture() {
    return System.getProperty("os.arch").equals("aarch64") ? "arm64" : "amd64";
  }

  private void copy(String file) throws IOException {
    var target = elsewhere.resolve(file);
    Files.createDirectories(target.getParent());
    Shell.run(List.of("cp", "-aT", IMAGES.resolve(file).toString(), target.toString()), "");
  }

  /** Somebody else's shell, in another part of the world. */
  private static void run(String... command) {
    var words = new ArrayList<>(List.of("sh", "-c", "umask 077; exec \"$@\"", "sh"));
    words.addAll(List.of(command));
    var builder = new ProcessBuilder(words).directory(ControlPlane.PROJECT.toFile());
    builder.environment().put("TZ", "Asia/Tokyo");
    Shell.attempt(builder, "", LIMIT).orThrow(words);
  }

  private static String digest(String name, Path images) throws IOException {
    return Files.readString(images.resolve(name + ".digest"));
  }

  /** Which layer it is if one differs. */
  private static List<String> layers(String name, Path images) throws IOException {
    return ImageArchive.in(images.resolve(name + ".tar")).layers();
  }
}
