package io.hostfirewall.e2e.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A folder to be mounted over {@code /proc/PID/net} of one process: it shows that process all of
 * its network but that the kernel has IPv6.
 */
public final class ProcNet {

  private static final Path REAL = Path.of("/proc/thread-self/net");
  private static final String IPV6 = "if_inet6";

  private ProcNet() {}

  /** Fills a folder. */
  public static Path withoutIpv6(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (var files = Files.list(REAL)) {
      for (var name : files.map(file -> file.getFileName().toString()).toList()) {
        if (!name.equals(IPV6)) {
          Files.createSymbolicLink(folder.resolve(name), REAL.resolve(name));
        }
      }
    }
    return folder;
  }

  /** From now on it shows IPv6, too. */
  public static void showIpv6(Path folder) throws IOException {
    Files.createSymbolicLink(folder.resolve(IPV6), REAL.resolve(IPV6));
  }
}
