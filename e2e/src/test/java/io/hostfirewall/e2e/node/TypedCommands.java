package io.hostfirewall.e2e.node;

import static java.util.stream.Collectors.joining;

import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The commands of a page, typed one after the other as a reader does.
 *
 * @param source where they stand
 * @param script all of them
 */
record TypedCommands(String source, String script) {

  private static final Pattern BLOCK = Pattern.compile("(?ms)^```\\n(.*?)^```$");
  private static final Pattern PARAGRAPH = Pattern.compile("(?ms)^(kubectl .*?\\n)$");
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** Those of the quickstart, with the registry and the node that are at hand. */
  static TypedCommands ofQuickstart(String registry, String node) throws IOException {
    var page = Path.of("docs/quickstart.md");
    return new TypedCommands(
            page.toString(), all(BLOCK, Files.readString(Lab.PROJECT.resolve(page))))
        .with("(?m)^export REGISTRY=.*", "export REGISTRY=" + registry)
        .with("(?m)^make images PUSH=\\$REGISTRY\\n", "")
        .with("(?m)^NODE=\\S+", "NODE=" + node);
  }

  /** Those that Helm prints after an installation, with a node for the reader's. */
  static TypedCommands ofNotes(String printed, String node) {
    var notes = printed.substring(printed.indexOf("NOTES:"));
    return new TypedCommands("the chart's notes", all(PARAGRAPH, notes + "\n\n"))
        .with("label node NODE", "label node " + node);
  }

  private static String all(Pattern commands, String text) {
    return commands.matcher(text).results().map(found -> found.group(1)).collect(joining());
  }

  private TypedCommands with(String pattern, String by) {
    if (!Pattern.compile(pattern).matcher(script).find()) {
      throw new AssertionError(source + " has no " + pattern + ":\n" + script);
    }
    return new TypedCommands(source, script.replaceAll(pattern, by));
  }

  /** Types them as somebody who administers the cluster; what they printed. */
  String run(Cluster cluster) {
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
}
