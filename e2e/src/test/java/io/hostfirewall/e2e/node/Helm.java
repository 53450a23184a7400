package io.hostfirewall.e2e.node;

import io.hostfirewall.e2e.lab.Shell;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * helm as the cluster's administrator.
 *
 * @param home where helm keeps what it caches
 */
record Helm(Path program, Path kubeconfig, Path home) {

  private static final Duration LIMIT = Duration.ofMinutes(6);

  /** Runs helm to its end, well or badly. */
  Shell.Result attempt(List<String> arguments) {
    var command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    var builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "KUBECONFIG", kubeconfig.toString(),
                "HELM_CACHE_HOME", home.resolve("cache").toString(),
                "HELM_CONFIG_HOME", home.resolve("config").toString(),
                "HELM_DATA_HOME", home.resolve("data").toString()));
    return Shell.attempt(builder, "", LIMIT);
  }

  /** Runs helm, which must end well; what it printed, remarks and errors too. */
  String run(List<String> arguments) {
    var result = attempt(arguments);
    if (result.exit() != 0) {
      throw new AssertionError(
          "helm %s: %s%s".formatted(String.join(" ", arguments), result.out(), result.err()));
    }
    return result.out() + result.err();
  }
}
