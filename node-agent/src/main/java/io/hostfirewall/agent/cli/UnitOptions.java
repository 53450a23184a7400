package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.boot.BootRestore;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the unit stands that loads rules at boot. */
final class UnitOptions {

  @Option(
      names = "--systemd-dir",
      paramLabel = "FOLDER",
      defaultValue = BootRestore.UNITS,
      description = "Where systemd looks for units (default: ${DEFAULT-VALUE}).")
  private Path units = Path.of(BootRestore.UNITS);

  BootRestore of(HostOptions host) {
    return of(host, Path.of("/usr"));
  }

  BootRestore of(HostOptions host, Path usr) {
    return new BootRestore(host.stateFolder(), units, usr);
  }
}
