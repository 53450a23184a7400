package io.hostfirewall.operator.agent;

import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.CapabilitiesBuilder;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The pod that works on a node, in the host's network namespace: the agent, or what cleans up after
 * it. Host modules are not mounted: nf_tables loads its own by the kernel, and the legacy back end
 * is only chosen where its modules are in use already.
 */
record AgentPodTemplate(AgentSettings settings) {

  static final String NODE_NAME = "NODE_NAME";

  /** The volume that holds the state folder. */
  static final String STATE = "state";

  /** The volume that holds the units of systemd, for agents that load rules at boot. */
  static final String UNITS = "systemd-units";

  /** Where a client in a pod looks for its token. */
  private static final String TOKEN_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

  private static final long TOKEN_SECONDS = 3600;
  private static final String LOCK = "/run/xtables.lock";

  /** Of systemd, in which the agent keeps one unit that loads rules at boot. */
  private static final String UNIT_FOLDER = "/etc/systemd/system";

  private static final int READ_ONLY_FOR_ALL = 0444;
  private static final String LINUX = "linux";

  PodTemplateSpec agent(Map<String, String> labels) {
    var container =
        container("agent", AgentArguments.run(settings))
            .withStartupProbe(probe("/livez", 2, 2, 60))
            .withLivenessProbe(probe("/livez", 10, 5, 6))
            .withReadinessProbe(probe("/readyz", 5, 2, 2))
            .withPorts(port());
    return pod(labels, container);
  }

  /** Ready means: this node is clean. */
  PodTemplateSpec cleanup(Map<String, String> labels) {
    var container =
        container("cleanup", AgentArguments.cleanup(settings))
            .withReadinessProbe(probe("/readyz", 1, 2, 1))
            .withPorts(port());
    return pod(labels, container);
  }

  private PodTemplateSpec pod(Map<String, String> labels, ContainerBuilder container) {
    return new PodTemplateSpecBuilder()
        .withNewMetadata()
        .withLabels(labels)
        .withAnnotations(settings.podAnnotations())
        .endMetadata()
        .withNewSpec()
        .withHostNetwork(true)
        // The host's resolv.conf: which name servers the failsafe of the node leaves open.
        .withDnsPolicy("Default")
        .withServiceAccountName(settings.serviceAccountName())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withPriorityClassName(settings.priorityClassName())
        .withTerminationGracePeriodSeconds((long) settings.terminationGracePeriodSeconds())
        .withNodeSelector(nodeSelector())
        .withTolerations(settings.tolerations())
        .withAffinity(settings.affinity())
        .withImagePullSecrets(
            settings.imagePullSecrets().stream().map(LocalObjectReference::new).toList())
        .withNewSecurityContext()
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .withContainers(container.build())
        .withVolumes(volumes())
        .endSpec()
        .build();
  }

  private Map<String, String> nodeSelector() {
    var selector = new LinkedHashMap<>(settings.nodeSelector());
    selector.put("kubernetes.io/os", LINUX);
    return selector;
  }

  private ContainerBuilder container(String name, List<String> arguments) {
    return new ContainerBuilder()
        .withName(name)
        .withImage(settings.image())
        .withImagePullPolicy(settings.imagePullPolicy())
        .withArgs(arguments)
        .withEnv(environment())
        .withResources(settings.resources())
        .withSecurityContext(securityContext())
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withVolumeMounts(mounts());
  }

  private List<EnvVar> environment() {
    var nodeName =
        new EnvVarBuilder()
            .withName(NODE_NAME)
            .withNewValueFrom()
            .withNewFieldRef()
            .withApiVersion("v1")
            .withFieldPath("spec.nodeName")
            .endFieldRef()
            .endValueFrom()
            .build();
    return Stream.concat(Stream.of(nodeName), settings.extraEnv().stream()).toList();
  }

  private SecurityContext securityContext() {
    var context =
        new SecurityContextBuilder()
            .withRunAsUser(0L)
            .withRunAsGroup(0L)
            .withReadOnlyRootFilesystem(true);
    return settings.privileged()
        ? context.withPrivileged(true).build()
        : context
            .withPrivileged(false)
            .withAllowPrivilegeEscalation(false)
            .withCapabilities(capabilities())
            .build();
  }

  /**
   * The least with which iptables works. Both kinds look sets up through a raw socket: without
   * NET_RAW iptables-nft too says "Can't open socket to ipset" (measured, 1.8.9).
   */
  private static Capabilities capabilities() {
    return new CapabilitiesBuilder().withDrop("ALL").withAdd("NET_ADMIN", "NET_RAW").build();
  }

  /** Also said to the scheduler, so that a clash of ports is an event and not a crash. */
  private ContainerPort port() {
    var port =
        new ContainerPortBuilder()
            .withName("metrics")
            .withContainerPort(settings.health().port())
            .withHostPort(settings.health().port())
            .withProtocol("TCP");
    return isAnyAddress() ? port.build() : port.withHostIP(settings.health().address()).build();
  }

  private Probe probe(String path, int period, int timeout, int failures) {
    var probe =
        new ProbeBuilder()
            .withPeriodSeconds(period)
            .withTimeoutSeconds(timeout)
            .withFailureThreshold(failures)
            .withNewHttpGet()
            .withPath(path)
            .withNewPort(settings.health().port())
            .withScheme("HTTP")
            .endHttpGet();
    return isAnyAddress()
        ? probe.build()
        : probe.editHttpGet().withHost(settings.health().address()).endHttpGet().build();
  }

  /** Then kubelet asks at the pod's own address, which is the host's. */
  private boolean isAnyAddress() {
    return settings.health().address().equals("0.0.0.0")
        || settings.health().address().equals("::");
  }

  private List<VolumeMount> mounts() {
    var mounts =
        Stream.of(
            mount(STATE, settings.stateFolder()),
            mount("xtables-lock", LOCK),
            mount("tmp", "/tmp"),
            readOnly("token", TOKEN_FOLDER));
    return settings.boot().enabled()
        ? Stream.concat(
                mounts,
                Stream.of(mount(UNITS, UNIT_FOLDER), readOnly("host-usr", AgentArguments.HOST_USR)))
            .toList()
        : mounts.toList();
  }

  private static VolumeMount readOnly(String name, String path) {
    return new VolumeMountBuilder().withName(name).withMountPath(path).withReadOnly(true).build();
  }

  private static VolumeMount mount(String name, String path) {
    return new VolumeMountBuilder().withName(name).withMountPath(path).build();
  }

  private List<Volume> volumes() {
    var volumes =
        Stream.of(
            hostPath(STATE, settings.stateFolder(), "DirectoryOrCreate"),
            hostPath("xtables-lock", settings.hostPathXtablesLock(), "FileOrCreate"),
            new VolumeBuilder().withName("tmp").withNewEmptyDir().endEmptyDir().build(),
            token());
    return settings.boot().enabled()
        ? Stream.concat(
                volumes,
                Stream.of(
                    hostPath(UNITS, UNIT_FOLDER, "DirectoryOrCreate"),
                    hostPath("host-usr", "/usr", "Directory")))
            .toList()
        : volumes.toList();
  }

  private static Volume hostPath(String name, String path, String type) {
    return new VolumeBuilder()
        .withName(name)
        .withNewHostPath()
        .withPath(path)
        .withType(type)
        .endHostPath()
        .build();
  }

  private static Volume token() {
    return new VolumeBuilder()
        .withName("token")
        .withNewProjected()
        .withDefaultMode(READ_ONLY_FOR_ALL)
        .addNewSource()
        .withNewServiceAccountToken()
        .withExpirationSeconds(TOKEN_SECONDS)
        .withPath("token")
        .endServiceAccountToken()
        .endSource()
        .addNewSource()
        .withNewConfigMap()
        .withName("kube-root-ca.crt")
        .addNewItem("ca.crt", null, "ca.crt")
        .endConfigMap()
        .endSource()
        .addNewSource()
        .withNewDownwardAPI()
        .addNewItem()
        .withPath("namespace")
        .withNewFieldRef("v1", "metadata.namespace")
        .endItem()
        .endDownwardAPI()
        .endSource()
        .endProjected()
        .build();
  }
}
