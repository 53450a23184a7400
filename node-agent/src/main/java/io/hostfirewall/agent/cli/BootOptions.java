package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.boot.BootRestore;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What this host loads when it boots. */
final class BootOptions {

  @Mixin private UnitOptions units = new UnitOptions();

  @Option(
      names = "--boot",
      negatable = true,
      description = {
        "Load what was confirmed last when this host boots, before its network is up: installs",
        "a unit of systemd. With --no-boot take it away."
      })
  private @Nullable Boolean boot;

  @Option(
      names = "--host-usr",
      paramLabel = "FOLDER",
      defaultValue = "/usr",
      description =
          "Where the host's /usr is, whose iptables and ipset are to be found (default:"
              + " ${DEFAULT-VALUE}).")
  private Path usr = Path.of("/usr");

  /** Whether it was asked for; empty if nothing was said. */
  Optional<Boolean> asked() {
    return Optional.ofNullable(boot);
  }

  BootRestore of(HostOptions host) {
    return units.of(host, usr);
  }
}
