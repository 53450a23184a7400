package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.health.HealthServer;
import io.hostfirewall.agent.health.Telemetry;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a program that stays answers probes. */
final class HealthOptions {

  private static final String OFF = "off";

  private static final Pattern ADDRESS = Pattern.compile("\\[?([0-9a-fA-F.:]+?)]?:(\\d{1,5})");

  @Option(
      names = "--health",
      paramLabel = "ADDRESS:PORT|off",
      defaultValue = "127.0.0.1:9473",
      description = "Where to answer /livez, /readyz and /metrics (default: ${DEFAULT-VALUE}).")
  private String health = OFF;

  /** Begins to answer, unless it is switched off. */
  @Nullable HealthServer serve(Telemetry telemetry) {
    return address()
        .map(
            address -> {
              var server = new HealthServer(address, telemetry.health(), telemetry.metrics());
              server.start();
              return server;
            })
        .orElse(null);
  }

  private Optional<InetSocketAddress> address() {
    if (health.equals(OFF)) {
      return Optional.empty();
    }
    var parts = ADDRESS.matcher(health);
    if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65_535) {
      throw Failure.invalid(
          "--health: \"" + health + "\" is no address with a port. Write 127.0.0.1:9473, or off.");
    }
    return Optional.of(new InetSocketAddress(parts.group(1), Integer.parseInt(parts.group(2))));
  }
}
