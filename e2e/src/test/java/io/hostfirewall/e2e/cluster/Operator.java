package io.hostfirewall.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The operator as a process with the rights of its service account. */
public final class Operator {

  private Operator() {}

  public static RunningProgram of(ControlPlane cluster, String... options) {
    return with(cluster, Map.of(), options);
  }

  /** One that is told more by its environment. */
  static RunningProgram with(
      ControlPlane cluster, Map<String, String> environment, String... options) {
    var command = command(options);
    var all = new HashMap<String, String>();
    all.put("KUBECONFIG", cluster.withToken("hostfirewall-operator").kubeconfig().toString());
    all.put("QUARKUS_HTTP_PORT", "0");
    all.putAll(environment);
    return new RunningProgram(command, all, cluster.folder("operator").resolve("operator.log"));
  }

  /** What starts it, with the flags that it has in its image, and some more. */
  static List<String> command(String... options) {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flagsOfImage());
    command.addAll(List.of(options));
    command.addAll(List.of("-jar", System.getProperty("hostfirewall.operator", "missing")));
    return command;
  }

  private static List<String> flagsOfImage() {
    try (var lines = Files.lines(ControlPlane.PROJECT.resolve("images/operator.options"))) {
      return lines.filter(line -> line.startsWith("-")).takeWhile(l -> !l.equals("-jar")).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
