package io.hostfirewall.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * kubectl as one user.
 *
 * @param program kubectl
 * @param kubeconfig says which API server, and who asks
 */
public record Kubectl(Path program, Path kubeconfig) {

  /**
   * How a call ended.
   *
   * @param exit 0, or 1 for refused and for "diff found one"
   * @param text standard output and errors as they came
   */
  public record Answer(int exit, String text) {

    public boolean done() {
      return exit == 0;
    }
  }

  /** A call that may be refused. */
  public Answer attempt(String... arguments) {
    return attemptWith("", arguments);
  }

  /** A call that reads {@code input} and may be refused. */
  public Answer attemptWith(String input, String... arguments) {
    var command = new ArrayList<>(List.of(program.toString(), "--kubeconfig=" + kubeconfig));
    command.addAll(List.of(arguments));
    return end(new ProcessBuilder(command), input);
  }

  /** Our plug-in, as kubectl finds it on the PATH. */
  Answer hostfirewall(String... arguments) {
    return hostfirewallWith("", arguments);
  }

  /** The same with {@code input}. */
  Answer hostfirewallWith(String input, String... arguments) {
    return withPlugin(input, "hostfirewall", arguments);
  }

  /** What may follow in a command line, as kubectl tells a shell. */
  List<String> completion(String... words) {
    return withPlugin("", "__complete", words).text().lines().toList();
  }

  private Answer withPlugin(String input, String first, String... arguments) {
    var plugins = Path.of(System.getProperty("hostfirewall.bin", "missing")).getParent();
    var command = new ArrayList<>(List.of(program.toString(), first));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command);
    var environment = builder.environment();
    environment.merge(
        "PATH", plugins + ":" + program.getParent(), (path, ours) -> ours + ":" + path);
    environment.put("KUBECONFIG", kubeconfig.toString());
    return end(builder, input);
  }

  private static Answer end(ProcessBuilder command, String input) {
    try {
      var process = command.redirectErrorStream(true).start();
      // kubectl reads all of its input before it prints.
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      }
      var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Answer(process.waitFor(), text.strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted: " + command.command(), e);
    }
  }

  /** A call that must succeed. */
  public String run(String... arguments) {
    return runWith("", arguments);
  }

  /** A call that reads {@code input} and must succeed. */
  public String runWith(String input, String... arguments) {
    var answer = attemptWith(input, arguments);
    if (!answer.done()) {
      throw new AssertionError("kubectl " + String.join(" ", arguments) + ": " + answer.text());
    }
    return answer.text();
  }
}
