package io.hostfirewall.e2e.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The throw-away namespaces that {@code e2e/lab/sandbox} makes, the only place where tests change a
 * kernel.
 */
public final class Sandbox {

  /** Written by the sandbox script, with the network namespace it made. */
  private static final Path MARK = Path.of("/run/host-firewall-sandbox");

  private static final Path OWN = Path.of("/proc/self/ns/net");

  private Sandbox() {}

  /** Whether this process runs in the sandbox's own network namespace. */
  public static boolean entered() {
    try {
      return Files.exists(MARK)
          && Files.readString(MARK).strip().equals(Files.readSymbolicLink(OWN).toString());
    } catch (IOException e) {
      throw new IllegalStateException("Cannot tell whether this is the sandbox.", e);
    }
  }

  /** Fails with a sentence unless this process runs in the sandbox's own network namespace. */
  public static void require() {
    if (!entered()) {
      throw new IllegalStateException(
          "These tests load firewall rules, pull plugs of nodes and knock from outside: they run"
              + " only inside e2e/lab/sandbox. Use `make test`.");
    }
  }
}
