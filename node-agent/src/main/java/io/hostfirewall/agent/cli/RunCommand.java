package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.cluster.ClusterException;
import io.hostfirewall.agent.cluster.KubernetesCluster;
import io.hostfirewall.agent.drift.HostDriftWatch;
import io.hostfirewall.agent.health.Health;
import io.hostfirewall.agent.health.Metrics;
import io.hostfirewall.agent.health.Telemetry;
import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.agent.kernel.BootClock;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.Kernel;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.loop.NodeLoop;
import io.hostfirewall.agent.loop.Remark;
import io.hostfirewall.agent.node.ConnectionTable;
import io.hostfirewall.agent.node.ConnectionTracking;
import io.hostfirewall.agent.node.NameServers;
import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.node.SshPorts;
import io.hostfirewall.agent.proof.NamesAnswer;
import io.hostfirewall.agent.proof.WayIn;
import io.hostfirewall.agent.proof.WayOut;
import io.hostfirewall.agent.state.HeldByOtherException;
import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.agent.transaction.DiskJournal;
import io.hostfirewall.agent.transaction.FormerRules;
import io.hostfirewall.agent.transaction.Proof;
import io.hostfirewall.agent.transaction.Transaction;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The agent of a node. */
@Command(
    name = "run",
    description = {
      "Is the agent of a cluster's node: enforces what its HostFirewallNodeState names, and reports.",
      "Finds the API server by KUBECONFIG, or as a pod does. Needs root."
    },
    mixinStandardHelpOptions = true)
final class RunCommand implements Callable<Integer> {

  private static final System.Logger LOG = System.getLogger(RunCommand.class.getName());

  private static final NodeLoop.Pace PACE =
      new NodeLoop.Pace(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofMinutes(5));

  @Mixin private HostOptions host = new HostOptions();

  @Option(
      names = "--node-name",
      paramLabel = "NAME",
      defaultValue = "${env:NODE_NAME}",
      description = "The name of this node in the cluster (default: the environment's NODE_NAME).")
  private @Nullable String nodeName;

  @Option(
      names = "--uplink",
      paramLabel = "IF",
      split = ",",
      converter = InterfaceConverter.class,
      description = "Judge packets of these interfaces only.")
  private List<String> uplinks = List.of();

  @Option(
      names = "--pod-interface",
      paramLabel = "IF",
      split = ",",
      converter = InterfaceConverter.class,
      description =
          "Interfaces of pods, beside those that are found; a name that ends in + stands for all that begin so.")
  private List<String> podInterfaces = List.of();

  @Option(
      names = "--failsafe-api-server-from",
      paramLabel = "CIDR",
      split = ",",
      description =
          "Who may always reach the API server if it runs on this node (default: anyone).")
  private List<String> apiServerFrom = List.of();

  @Option(
      names = "--trial",
      paramLabel = "30s",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description = "How long the kernel lets new rules decide unless they are confirmed.")
  private Duration trial = Duration.ofSeconds(30);

  @Mixin private BootOptions boot = new BootOptions();
  @Mixin private ObserverOptions observer = new ObserverOptions();
  @Mixin private HealthOptions health = new HealthOptions();

  @Override
  public Integer call() throws InterruptedException {
    if (nodeName == null || nodeName.isEmpty()) {
      throw Failure.invalid("run needs the name of this node. Add --node-name, or set NODE_NAME.");
    }
    host.requireRoot("run");
    logOneLineEach();
    try (var _ = host.state().holdAgent(StateFolder.RUN)) {
      return switch (run(nodeName)) {
        case STOPPED -> ExitCode.DONE;
        // Java knows of IPv6 what it saw when it started: whoever restarts the agent helps.
        case OTHER_FAMILIES ->
            throw new Failure(
                ExitCode.REFUSED,
                "the kernel of this node has IPv6 now, or has it no more. Start the agent again.");
      };
    } catch (KernelException | HeldByOtherException e) {
      throw Failure.refused(e);
    }
  }

  private NodeLoop.End run(String name) throws KernelException, InterruptedException {
    var survey = host.host().survey();
    var sshPorts = host.sshPorts();
    var backend = survey.choose(host.backend());
    var kernel = host.host().kernel(backend);
    var former = new FormerRules(survey.former(backend).map(host.host()::kernel));
    var telemetry =
        new Telemetry(new Health(), new Metrics(CommandLineProgram.version(), backend.text()));
    try (var cluster = cluster(name, telemetry);
        var drift = new HostDriftWatch(backend, Commands.here(), kernel::tableChanged);
        var _ = health.serve(telemetry);
        var loop =
            new NodeLoop(
                trial,
                PACE,
                cluster,
                transaction(kernel, former, cluster, telemetry, sshPorts),
                node(sshPorts),
                ConnectionTable.ofThisHost(),
                drift,
                host.state(),
                telemetry,
                restoreAtBoot(backend),
                CommandLineProgram.version(),
                Clock.systemUTC());
        var _ = new Termination(loop::stop)) {
      return loop.run();
    }
  }

  private static KubernetesCluster cluster(String name, Telemetry telemetry) {
    try {
      return KubernetesCluster.find(name, System.getenv(), telemetry.metrics()::apiServerFailed);
    } catch (ClusterException e) {
      throw Failure.invalid(e.getMessage() + ".");
    }
  }

  /** The API server is what an agent must reach, or nobody could take its rules back. */
  private Transaction transaction(
      Kernel kernel,
      FormerRules former,
      KubernetesCluster cluster,
      Telemetry telemetry,
      SshPorts sshPorts) {
    var proof =
        Proof.all(
            List.of(
                new WayIn(
                    sshPorts::perhapsAmong,
                    NodeObserver::interfaceTowards,
                    NodeObserver::addressesOfThisHost),
                WayOut.to(cluster.server()),
                new NamesAnswer(NameServers::ofThisHost)));
    return new Transaction(
        kernel,
        former,
        new BootClock(),
        proof,
        ConnectionTracking.ofThisHost(),
        new DiskJournal(host.state()),
        telemetry.metrics()::seen);
  }

  /** The agent's host is as its command line says: without a word on it there is no unit. */
  private List<Remark> restoreAtBoot(Backend backend) {
    var restore = boot.of(host);
    if (!boot.asked().orElse(false)) {
      restore.remove();
      return List.of();
    }
    var unsupported = restore.install(backend);
    unsupported.ifPresent(
        why -> LOG.log(System.Logger.Level.WARNING, "nothing will be loaded at boot: {0}", why));
    return Stream.concat(
            unsupported.stream()
                .map(why -> new Remark("BootRestoreUnsupported", "NothingLoadedAtBoot", why)),
            restore.failure().stream()
                .map(why -> new Remark("BootRestoreFailed", "NothingLoadedAtBoot", why)))
        .toList();
  }

  private NodeObserver node(SshPorts sshPorts) {
    return observer.inCluster(
        uplinks,
        podInterfaces,
        Failure.networks("--failsafe-api-server-from", apiServerFrom),
        sshPorts);
  }

  private static void logOneLineEach() {
    System.setProperty(
        "java.util.logging.SimpleFormatter.format", "%1$tFT%1$tT.%1$tL %4$s %5$s%6$s%n");
  }
}
