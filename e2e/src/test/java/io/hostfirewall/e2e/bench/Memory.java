package io.hostfirewall.e2e.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What processes and control groups weigh, as the kernel counts it. */
final class Memory {

  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

  private Memory() {}

  /** The kernel says kB and means KiB. */
  private static final double MEGABYTES_PER_KIB = 1024 / 1e6;

  /** The resident set of a process, in megabytes. */
  static double residentMegabytes(long pid) throws IOException {
    return number(Path.of("/proc/%d/status".formatted(pid)), "VmRSS:") * MEGABYTES_PER_KIB;
  }

  /**
   * The working set of the control group that a process is in, in MiB, as kubelet reckons it: what
   * is used without the files that nobody touched for a while.
   */
  static double workingSetMebibytes(long pid) throws IOException {
    for (var line : Files.readAllLines(Path.of("/proc/%d/cgroup".formatted(pid)))) {
      var fields = line.split(":", 3);
      if (fields[1].equals("memory")) {
        return workingSet(
            CGROUPS.resolve("memory" + fields[2]), "memory.usage_in_bytes", "total_inactive_file ");
      }
    }
    for (var line : Files.readAllLines(Path.of("/proc/%d/cgroup".formatted(pid)))) {
      if (line.startsWith("0::/")) {
        return workingSet(
            CGROUPS.resolve(line.substring("0::/".length())), "memory.current", "inactive_file ");
      }
    }
    throw new IllegalStateException("process %d is in no control group".formatted(pid));
  }

  private static double workingSet(Path group, String usage, String inactive) throws IOException {
    var used = Long.parseLong(Files.readString(group.resolve(usage)).strip());
    return (used - number(group.resolve("memory.stat"), inactive)) / (1024.0 * 1024.0);
  }

  private static long number(Path file, String prefix) throws IOException {
    List<String> lines = Files.readAllLines(file);
    return lines.stream()
        .filter(line -> line.startsWith(prefix))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(file + " has no " + prefix));
  }
}
