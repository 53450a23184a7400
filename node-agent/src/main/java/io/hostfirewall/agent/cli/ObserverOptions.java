package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.agent.node.SshPorts;
import io.hostfirewall.ruleset.compile.LogTarget;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.List;
import picocli.CommandLine.Mixin;

/** What an administrator says of this host beside its policies. */
final class ObserverOptions {

  @Mixin private AdminOptions admin = new AdminOptions();
  @Mixin private LogOptions log = new LogOptions();

  LogTarget logTarget() {
    return log.target();
  }

  /** Looks at a host that is in no cluster. */
  NodeObserver standAlone(List<String> uplinks, SshPorts sshPorts) {
    return inCluster(uplinks, List.of(), List.of(), sshPorts);
  }

  /** Looks at the node of a cluster. */
  NodeObserver inCluster(
      List<String> uplinks,
      List<String> podInterfaces,
      List<Cidr> apiServerFrom,
      SshPorts sshPorts) {
    return new NodeObserver(
        uplinks,
        podInterfaces,
        apiServerFrom,
        admin.networks(),
        sshPorts::ofThisHost,
        log.target());
  }
}
