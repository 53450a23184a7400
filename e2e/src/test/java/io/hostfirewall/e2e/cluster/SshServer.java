package io.hostfirewall.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;

/** A server on a node that greets as SSH does, and then sends everything back. */
final class SshServer implements AutoCloseable {

  private final Process process;

  /** Starts it on a node that lets everybody in. */
  SshServer(ClusterNode node, int port) {
    var command =
        List.of(
            "ip",
            "netns",
            "exec",
            node.name(),
            "socat",
            "TCP-LISTEN:%d,fork,reuseaddr".formatted(port),
            "SYSTEM:printf SSH-2.0-lab; cat");
    try {
      process = new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await("a server of SSH")
        .atMost(Duration.ofSeconds(10))
        .until(() -> node.accepts(port));
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
