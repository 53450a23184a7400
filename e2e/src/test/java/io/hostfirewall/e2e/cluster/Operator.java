package io.hostfirewall.e2e.cluster;

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
    var command = new ArrayList<>(List.of(java(), "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(List.of(options));
    command.addAll(List.of("-jar", jar()));
    var all = new HashMap<String, String>();
    all.put("KUBECONFIG", cluster.withToken("hostfirewall-operator").kubeconfig().toString());
    all.put("QUARKUS_HTTP_PORT", "0");
    all.putAll(environment);
    return new RunningProgram(command, all, cluster.folder("operator").resolve("operator.log"));
  }

  static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  static String jar() {
    return System.getProperty("hostfirewall.operator", "missing");
  }
}
