package io.hostfirewall.agent.cli;

import io.hostfirewall.ruleset.model.Cidr;
import java.util.List;
import picocli.CommandLine.Option;

/** Who can never be locked out. */
final class AdminOptions {

  @Option(
      names = "--admin",
      paramLabel = "CIDR",
      split = ",",
      description = "Networks of administrators: no policy closes this host's SSH to them.")
  private List<String> networks = List.of();

  List<Cidr> networks() {
    return Failure.networks("--admin", networks);
  }
}
