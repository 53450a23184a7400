package io.hostfirewall.operator;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What can be set from outside, as {@code hostfirewall.*} properties or environment variables. */
@ConfigMapping(prefix = "hostfirewall")
interface OperatorSettings {

  /** How long a revision that no node names is kept. */
  @WithDefault("10m")
  Duration revisionsKept();

  /** Networks of pods that no Node's {@code podCIDRs} tells of. */
  Optional<List<String>> clusterPodCidrs();

  /** From one look at the pods of some nodes to the next: whether their networks are known. */
  @WithDefault("1m")
  Duration betweenLooksAtPods();

  /**
   * How long the other nodes wait for the first one with a new revision if it does not answer; half
   * a minute more than a trial by default.
   */
  Optional<Duration> firstNodePatience();

  /** Where replicas agree on the one that works; absent for a single process. */
  Optional<String> leaseNamespace();

  /** How the agents run. Absent: they are somebody else's, and so is their DaemonSet. */
  Optional<Path> agentConfig();

  /** The Deployment that runs this process and owns the agents' DaemonSet. */
  Optional<String> operatorDeployment();
}
