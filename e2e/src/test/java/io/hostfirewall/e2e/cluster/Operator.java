package io.hostfirewall.e2e.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The operator as a process with the rights of its service account. */
public final class Operator {

  private Operator() {}

  public static RunningProgram of(ControlPlane cluster, String... options) {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = new ArrayList<>(List.of(java, "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(List.of(options));
    command.addAll(List.of("-jar", System.getProperty("hostfirewall.operator", "missing")));
    return new RunningProgram(
        command,
        Map.of(
            "KUBECONFIG",
            cluster.withToken("hostfirewall-operator").kubeconfig().toString(),
            "QUARKUS_HTTP_PORT",
            "0"),
        cluster.folder("operator").resolve("operator.log"));
  }
}
