package io.hostfirewall.e2e.bench;

import io.hostfirewall.e2e.cluster.ControlPlane;
import io.hostfirewall.e2e.lab.NetNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code apply} of the web-server policy beside the bare tools with the same text, in turn, in a
 * fresh namespace each. What the JVM takes to start is measured by {@code render} of the same file
 * and taken off.
 */
final class ApplyBench {

  private static final int RUNS = 9;

  private final String backend;
  private final String program = System.getProperty("hostfirewall.bin", "missing");
  private final String policy = ControlPlane.PROJECT.resolve("examples/web-server.yaml").toString();

  ApplyBench(String backend) {
    this.backend = backend;
  }

  void measure(Table table) throws IOException {
    var folder = Files.createTempDirectory("apply-bench");
    var bare = new Samples();
    var apply = new Samples();
    var start = new Samples();
    for (var i = 0; i < RUNS; i++) {
      bare.addNanos(inFreshNamespace(namespace -> bare(namespace, folder)));
      start.addNanos(
          inFreshNamespace(namespace -> time(namespace, program, "render", "-f", policy)));
      apply.addNanos(inFreshNamespace(namespace -> apply(namespace, folder)));
    }
    var beyondStart = apply.median() - start.median();
    table.note(
        "iptables-restore and ip6tables-restore, bare (" + backend + ")", bare.median(), "ms");
    table.note("apply beyond the start of the JVM (" + backend + ")", beyondStart, "ms");
    table.add("apply / bare (" + backend + ")", beyondStart / bare.median(), "x", 3);
  }

  private interface Measured {
    long nanos(NetNamespace namespace) throws IOException;
  }

  private static long inFreshNamespace(Measured measured) throws IOException {
    try (var namespace = NetNamespace.create("bench")) {
      return measured.nanos(namespace);
    }
  }

  private long apply(NetNamespace namespace, Path folder) {
    return time(
        namespace,
        program,
        "apply",
        "-f",
        policy,
        "--yes",
        "--backend",
        backend,
        "--state-dir",
        folder.resolve(namespace.name()).toString());
  }

  private long bare(NetNamespace namespace, Path folder) throws IOException {
    namespace.run(
        List.of("ipset", "restore"), namespace.run(program, "render", "-f", policy, "-o", "ipset"));
    var commands = new StringBuilder("set -e\n");
    for (var family : List.of("ipv4", "ipv6")) {
      var text = folder.resolve(family);
      Files.writeString(text, namespace.run(program, "render", "-f", policy, "--family", family));
      commands.append(
          "%s-%s-restore --noflush -w 10 < %s\n"
              .formatted(family.equals("ipv4") ? "iptables" : "ip6tables", backend, text));
    }
    return time(namespace, "sh", "-c", commands.toString());
  }

  private static long time(NetNamespace namespace, String... command) {
    var start = System.nanoTime();
    namespace.run(command);
    return System.nanoTime() - start;
  }
}
