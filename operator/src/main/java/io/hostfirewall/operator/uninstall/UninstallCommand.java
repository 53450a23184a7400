package io.hostfirewall.operator.uninstall;

import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.hostfirewall.operator.agent.AgentDaemonSets;
import io.hostfirewall.operator.agent.AgentSettingsFile;
import io.hostfirewall.operator.agent.PartialSettings;
import io.hostfirewall.operator.agent.SettingsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Takes everything of ours off the nodes and out of the cluster. */
@Command(
    name = "uninstall",
    description =
        "Stops the operator and the agents, removes all rules and sets of ours from every node that"
            + " can be reached, and deletes what the operator made. Policies stay. Repeats safely;"
            + " nodes that cannot be reached are listed and do not count as a failure.",
    mixinStandardHelpOptions = true)
public final class UninstallCommand implements Callable<Integer> {

  private static final int DONE = 0;

  /** Kept here, because loggers that nobody holds are forgotten; what matters we tell ourselves. */
  private static final Logger CLIENT = Logger.getLogger("io.fabric8");

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      required = true,
      description = "Where the operator and the agents run.")
  private String namespace = "";

  @Option(
      names = "--deployment",
      paramLabel = "NAME",
      defaultValue = "hostfirewall-operator",
      description = "The operator's Deployment (default: ${DEFAULT-VALUE}).")
  private String deployment = "";

  @Option(
      names = "--agent-config",
      paramLabel = "FILE",
      defaultValue = "/etc/host-firewall/agent.yaml",
      description =
          "How the agents run, as the operator reads it (default: ${DEFAULT-VALUE}). What is wrong"
              + " in it is told and replaced by what the agents that run show.")
  private Path agentConfig = Path.of("");

  @Option(
      names = "--deadline",
      paramLabel = "120s",
      defaultValue = "120s",
      description = "How long to wait for nodes in all (default: ${DEFAULT-VALUE}).")
  private String deadline = "";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    CLIENT.setLevel(Level.OFF);
    var out = spec.commandLine().getOut();
    var progress = Progress.to(out);
    var until = Deadline.in(duration());
    var config = new ConfigBuilder().withRequestRetryBackoffLimit(0).build();
    try (var client = new KubernetesClientBuilder().withConfig(config).build()) {
      var agents = settings(client, new Attempts(until, progress));
      var daemonSets = new AgentDaemonSets(agents.settings(), namespace);
      var uninstall = new Uninstall(client, daemonSets, deployment, until, progress);
      var unreached = uninstall.run(agents.imageKnown());
      unreached.forEach(
          (node, reason) -> progress.say("NOT REACHED: %s: %s".formatted(node, reason)));
      if (unreached.isEmpty()) {
        progress.say("nothing of ours is left");
      } else {
        progress.say(
            "rules of ours may be left there: run `cleanup --yes --forget` of the agent's image on"
                + " each of them");
      }
      return DONE;
    }
  }

  /** A file that is refused stops no uninstall: the agents may run by an earlier one. */
  private PartialSettings settings(KubernetesClient client, Attempts attempts)
      throws InterruptedException {
    try {
      return new PartialSettings(AgentSettingsFile.read(agentConfig), true, List.of());
    } catch (SettingsException e) {
      var running =
          attempts.askOr(
              "read the agents' DaemonSet",
              List.<DaemonSet>of(),
              () ->
                  client
                      .apps()
                      .daemonSets()
                      .inNamespace(namespace)
                      .withLabels(AgentDaemonSets.anyAgentSelector())
                      .list()
                      .getItems());
      var partial = PartialSettings.read(agentConfig, running.stream().findFirst());
      partial.problems().forEach(attempts.progress()::say);
      attempts.progress().say("going on with what the agents that run show, and with defaults");
      return partial;
    }
  }

  private Duration duration() {
    if (!deadline.matches("[1-9]\\d{0,4}[sm]")) {
      throw new ParameterException(
          spec.commandLine(), "--deadline: write seconds or minutes, such as 120s or 2m.");
    }
    return Duration.parse("PT" + deadline.toUpperCase(Locale.ROOT));
  }
}
