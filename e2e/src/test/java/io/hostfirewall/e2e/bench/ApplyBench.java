package io.hostfirewall.e2e.bench;

import io.hostfirewall.e2e.cluster.ControlPlane;
import io.hostfirewall.e2e.lab.NetNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * {@code apply} of the web-server policy beside the bare tools with the same text, in turn: on a
 * host that runs an older version of it, as at every change, and on one that has nothing yet. There
 * the bare tools only add, which costs nft nothing, while a trial also ends: what that takes is the
 * kernel's time to free rules. What the JVM takes to start is measured by {@code render} of the
 * same file and taken off.
 */
final class ApplyBench {

  private static final int RUNS = 9;
  private static final Pattern ENFORCED = Pattern.compile("since (\\d+) ms after the start");

  /** The web-server policy, and a version of it in which every limit and a port are others. */
  private enum Version {
    OLD,
    NEW
  }

  private final String backend;
  private final Path folder;
  private final String program = System.getProperty("hostfirewall.bin", "missing");
  private final Samples start = new Samples();
  private final Samples bareFirst = new Samples();
  private final Samples bareChange = new Samples();
  private final Samples applyFirst = new Samples();
  private final Samples applyChange = new Samples();
  private final Samples enforced = new Samples();

  ApplyBench(String backend) throws IOException {
    this.backend = backend;
    this.folder = Files.createTempDirectory("apply-bench");
    var policy = Files.readString(ControlPlane.PROJECT.resolve("examples/web-server.yaml"));
    Files.writeString(policy(Version.NEW), policy);
    Files.writeString(
        policy(Version.OLD),
        policy
            .replace("limit: 1,", "limit: 2,")
            .replace("limit: 60", "limit: 61")
            .replace("443", "444"));
  }

  private Path policy(Version version) {
    return folder.resolve(version + ".yaml");
  }

  void measure(Table table) throws IOException {
    for (var i = 0; i < RUNS; i++) {
      try (var namespace = NetNamespace.create("bench")) {
        bare(namespace);
      }
      try (var namespace = NetNamespace.create("bench")) {
        apply(namespace);
      }
    }
    var change = applyChange.median() - start.median();
    table.note("a change by the bare tools (" + backend + ")", bareChange.median(), "ms");
    table.note("a change by apply, beyond the start of the JVM", change, "ms");
    table.note("  until it is enforced, of that", enforced.median(), "ms");
    table.add("a change: apply / bare (" + backend + ")", change / bareChange.median(), "x", 3);
    table.note("a first load by the bare tools (" + backend + ")", bareFirst.median(), "ms");
    table.note(
        "a first load by apply, beyond the start of the JVM",
        applyFirst.median() - start.median(),
        "ms");
  }

  private void apply(NetNamespace namespace) {
    start.addNanos(time(namespace, program, "render", "-f", policy(Version.NEW).toString()));
    applyFirst.addNanos(time(namespace, applying(namespace, Version.OLD)));
    var before = System.nanoTime();
    var said = namespace.run(applying(namespace, Version.NEW));
    applyChange.addNanos(System.nanoTime() - before);
    var after = ENFORCED.matcher(said);
    if (!after.find()) {
      throw new IllegalStateException("apply did not say when: " + said);
    }
    enforced.addNanos(Long.parseLong(after.group(1)) * 1_000_000);
  }

  private String[] applying(NetNamespace namespace, Version version) {
    var state = folder.resolve(namespace.name()).toString();
    return new String[] {
      program,
      "apply",
      "-f",
      policy(version).toString(),
      "--yes",
      "--backend",
      backend,
      "--state-dir",
      state
    };
  }

  private void bare(NetNamespace namespace) throws IOException {
    bareFirst.addNanos(time(namespace, "sh", "-c", restores(namespace, Version.OLD)));
    bareChange.addNanos(time(namespace, "sh", "-c", restores(namespace, Version.NEW)));
  }

  /** The sets that the text names are made beforehand. */
  private String restores(NetNamespace namespace, Version version) throws IOException {
    var policy = policy(version).toString();
    namespace.run(
        List.of("ipset", "restore", "-exist"),
        namespace.run(program, "render", "-f", policy, "-o", "ipset"));
    var commands = new StringBuilder("set -e\n");
    for (var family : List.of("ipv4", "ipv6")) {
      var text = folder.resolve(version + family);
      Files.writeString(text, namespace.run(program, "render", "-f", policy, "--family", family));
      commands.append(
          "%s-%s-restore --noflush -w 10 < %s\n"
              .formatted(family.equals("ipv4") ? "iptables" : "ip6tables", backend, text));
    }
    return commands.toString();
  }

  private static long time(NetNamespace namespace, String... command) {
    var start = System.nanoTime();
    namespace.run(command);
    return System.nanoTime() - start;
  }
}
