package io.hostfirewall.operator.agent;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.Toleration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How the agents of the cluster run, as the file of {@link AgentSettingsFile} says. The keys that
 * the file leaves out have the values of {@code agent-defaults.yaml}.
 *
 * @param name of the DaemonSet
 * @param privileged false: only NET_ADMIN and NET_RAW
 * @param trialSeconds how long new rules decide unless the agent confirms them
 * @param adminNetworks whose SSH no policy closes
 * @param apiServerFrom who always reaches an API server on the node; empty for anyone
 * @param stateFolder on the host, and under the same name in the container
 * @param nodeSelector beside {@code kubernetes.io/os: linux}
 * @param labels for the DaemonSet and its pods; {@code podLabels} for the pods alone
 */
public record AgentSettings(
    String name,
    String image,
    String imagePullPolicy,
    List<String> imagePullSecrets,
    String serviceAccountName,
    boolean privileged,
    Backend backend,
    int trialSeconds,
    List<String> uplinks,
    List<String> podInterfaces,
    List<String> adminNetworks,
    List<String> apiServerFrom,
    Health health,
    Logging logging,
    Boot boot,
    String stateFolder,
    String hostPathXtablesLock,
    String priorityClassName,
    IntOrString maxUnavailable,
    int terminationGracePeriodSeconds,
    Map<String, String> nodeSelector,
    List<Toleration> tolerations,
    Affinity affinity,
    ResourceRequirements resources,
    List<EnvVar> extraEnv,
    Map<String, String> podLabels,
    Map<String, String> podAnnotations,
    Map<String, String> labels) {

  /** Which iptables the agents use; auto lets each look at its host. */
  public enum Backend {
    @JsonProperty("auto")
    AUTO,
    @JsonProperty("nft")
    NFT,
    @JsonProperty("legacy")
    LEGACY;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Where agents log packets of which a policy says so.
   *
   * @param group of nfnetlink_log, if that is the target
   */
  public record Logging(Target target, int group) {

    /** Kinds of log on a node. */
    public enum Target {
      @JsonProperty("Kernel")
      KERNEL,
      @JsonProperty("NFLOG")
      NFLOG
    }
  }

  /** Whether hosts load what was confirmed last when they boot, before their network is up. */
  public record Boot(boolean enabled) {}

  /** Where an agent answers kubelet's probes and Prometheus, on its host. */
  public record Health(String address, int port) {}
}
