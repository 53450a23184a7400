package io.hostfirewall.operator.agent;

import java.util.ArrayList;
import java.util.List;

/** The command lines of the agent's image. */
final class AgentArguments {

  /** Where the container sees the host's programs, to know whether the host can do without it. */
  static final String HOST_USR = "/host/usr";

  private AgentArguments() {}

  static List<String> run(AgentSettings settings) {
    var arguments = new ArrayList<>(List.of("run"));
    arguments.add("--trial=" + settings.trialSeconds() + "s");
    add(arguments, "--uplink", settings.uplinks());
    add(arguments, "--pod-interface", settings.podInterfaces());
    add(arguments, "--admin", settings.adminNetworks());
    add(arguments, "--failsafe-api-server-from", settings.apiServerFrom());
    if (settings.logging().target() == AgentSettings.Logging.Target.NFLOG) {
      arguments.add("--log-target=nflog");
      arguments.add("--log-group=" + settings.logging().group());
    }
    if (settings.boot().enabled()) {
      arguments.add("--boot");
      arguments.add("--host-usr=" + HOST_USR);
    }
    addHost(arguments, settings);
    return arguments;
  }

  /** Removes all of ours, state included, and stays to say that it is done. */
  static List<String> cleanup(AgentSettings settings) {
    var arguments = new ArrayList<>(List.of("cleanup", "--yes", "--forget", "--hold"));
    addHost(arguments, settings);
    return arguments;
  }

  private static void addHost(List<String> arguments, AgentSettings settings) {
    if (settings.backend() != AgentSettings.Backend.AUTO) {
      arguments.add("--backend=" + settings.backend().word());
    }
    arguments.add("--state-dir=" + settings.stateFolder());
    arguments.add("--health=" + health(settings.health()));
  }

  private static String health(AgentSettings.Health health) {
    return (health.address().contains(":") ? "[" + health.address() + "]" : health.address())
        + ":"
        + health.port();
  }

  private static void add(List<String> arguments, String flag, List<String> values) {
    if (!values.isEmpty()) {
      arguments.add(flag + "=" + String.join(",", values));
    }
  }
}
