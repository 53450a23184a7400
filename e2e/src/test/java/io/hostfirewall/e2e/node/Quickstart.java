package io.hostfirewall.e2e.node;

import static java.util.stream.Collectors.joining;

import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The commands of the quickstart, typed one after the other as a reader does. */
final class Quickstart {

  private static final Path PAGE = Lab.PROJECT.resolve("docs/quickstart.md");
  private static final Pattern COMMANDS = Pattern.compile("(?ms)^```\\n(.*?)^```$");
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final Cluster cluster;

  Quickstart(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Types them, with the registry and the node that are at hand; what they printed. */
  String run(String node) throws IOException {
    var script = commands();
    script = replaced(script, "(?m)^export REGISTRY=.*", "export REGISTRY=" + cluster.registry());
    script = replaced(script, "(?m)^make images PUSH=\\$REGISTRY\\n", "");
    script = replaced(script, "(?m)^NODE=\\S+", "NODE=" + node);
    var command = List.of("bash", "-euo", "pipefail", "-c", script);
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(Lab.PROJECT.toFile());
    var environment = builder.environment();
    environment.put("KUBECONFIG", cluster.kubectl().kubeconfig().toAbsolutePath().toString());
    environment.merge(
        "PATH", Cluster.TOOLS.toAbsolutePath().toString(), (path, tools) -> tools + ":" + path);
    var result = Shell.attempt(builder, "", LIMIT);
    if (result.exit() != 0) {
      throw new AssertionError("exit %d:%n%s%n%s".formatted(result.exit(), script, result.out()));
    }
    return result.out();
  }

  private static String commands() throws IOException {
    return COMMANDS
        .matcher(Files.readString(PAGE))
        .results()
        .map(block -> block.group(1))
        .collect(joining());
  }

  private static String replaced(String script, String pattern, String by) {
    if (!Pattern.compile(pattern).matcher(script).find()) {
      throw new AssertionError("the quickstart has no line " + pattern);
    }
    return script.replaceAll(pattern, by);
  }
}
