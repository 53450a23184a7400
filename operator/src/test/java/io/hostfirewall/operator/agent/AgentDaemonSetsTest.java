package io.hostfirewall.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentDaemonSetsTest {

  private static final OwnerReference OWNER =
      new OwnerReferenceBuilder().withName("hostfirewall-operator").withUid("u").build();

  @Test
  void the_agent_works_in_the_hosts_network_on_every_linux_node() throws SettingsException {
    var pod = pod("image: a/b:1\nnodeSelector: {role: edge}");

    assertThat(pod.getHostNetwork()).isTrue();
    assertThat(pod.getHostPID()).isNull();
    assertThat(pod.getNodeSelector())
        .containsEntry("kubernetes.io/os", "linux")
        .containsEntry("role", "edge");
    assertThat(pod.getTolerations()).extracting("operator").containsExactly("Exists");
    assertThat(pod.getPriorityClassName()).isEqualTo("system-node-critical");
    assertThat(pod.getTerminationGracePeriodSeconds()).isEqualTo(30);
  }

  @Test
  void its_token_is_short_lived_and_not_mounted_by_itself() throws SettingsException {
    var pod = pod("image: a/b:1");

    assertThat(pod.getAutomountServiceAccountToken()).isFalse();
    var token =
        volume(pod, "token").getProjected().getSources().getFirst().getServiceAccountToken();
    assertThat(token.getExpirationSeconds()).isEqualTo(3600);
    assertThat(container(pod).getVolumeMounts())
        .filteredOn(mount -> mount.getName().equals("token"))
        .singleElement()
        .satisfies(
            mount ->
                assertThat(mount.getMountPath())
                    .isEqualTo("/var/run/secrets/kubernetes.io/serviceaccount"));
  }

  @Test
  void of_the_host_it_sees_the_lock_and_one_folder() throws SettingsException {
    var pod = pod("image: a/b:1\nhostPathXtablesLock: /var/lock/x\nstateFolder: /srv/s");

    assertThat(pod.getVolumes())
        .filteredOn(volume -> volume.getHostPath() != null)
        .extracting(v -> v.getHostPath().getPath() + " " + v.getHostPath().getType())
        .containsExactly("/srv/s DirectoryOrCreate", "/var/lock/x FileOrCreate");
    assertThat(container(pod).getVolumeMounts())
        .extracting("mountPath")
        .contains("/run/xtables.lock", "/srv/s", "/tmp");
  }

  @Test
  void to_load_rules_at_boot_it_also_sees_the_units_and_the_programs_of_the_host()
      throws SettingsException {
    var pod = pod("image: a/b:1\nboot: {enabled: true}");

    assertThat(pod.getVolumes())
        .filteredOn(volume -> volume.getHostPath() != null)
        .extracting(v -> v.getHostPath().getPath())
        .containsExactly(
            "/var/lib/hostfirewall", "/run/xtables.lock", "/etc/systemd/system", "/usr");
    assertThat(container(pod).getVolumeMounts())
        .filteredOn(mount -> mount.getName().equals("host-usr"))
        .singleElement()
        .satisfies(mount -> assertThat(mount.getReadOnly()).isTrue());
    assertThat(container(pod).getArgs()).contains("--boot", "--host-usr=/host/usr");
  }

  @Test
  void by_default_it_is_privileged() throws SettingsException {
    var context = container(pod("image: a/b:1")).getSecurityContext();

    assertThat(context.getPrivileged()).isTrue();
    assertThat(context.getCapabilities()).isNull();
    assertThat(context.getReadOnlyRootFilesystem()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"auto, NET_ADMIN NET_RAW", "legacy, NET_ADMIN NET_RAW", "nft, NET_ADMIN NET_RAW"})
  void unprivileged_it_has_the_least_that_works(String backend, String capabilities)
      throws SettingsException {
    var pod = pod("image: a/b:1\nprivileged: false\nbackend: " + backend);
    var context = container(pod).getSecurityContext();

    assertThat(context.getPrivileged()).isFalse();
    assertThat(context.getAllowPrivilegeEscalation()).isFalse();
    assertThat(context.getCapabilities().getDrop()).containsExactly("ALL");
    assertThat(context.getCapabilities().getAdd()).containsExactly(capabilities.split(" "));
    assertThat(context.getReadOnlyRootFilesystem()).isTrue();
    assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
  }

  @Test
  void what_is_configured_becomes_its_command_line() throws SettingsException {
    var settings =
        """
        image: a/b:1
        backend: nft
        trialSeconds: 60
        uplinks: [eth0, bond+]
        podInterfaces: [cali+]
        adminNetworks: [203.0.113.0/24]
        apiServerFrom: [192.0.2.0/24, "2001:db8::/32"]
        health: {address: "::1", port: 9999}
        logging: {target: NFLOG, group: 5}
        stateFolder: /srv/s
        """;

    assertThat(container(pod(settings)).getArgs())
        .containsExactly(
            "run",
            "--trial=60s",
            "--uplink=eth0,bond+",
            "--pod-interface=cali+",
            "--admin=203.0.113.0/24",
            "--failsafe-api-server-from=192.0.2.0/24,2001:db8::/32",
            "--log-target=nflog",
            "--log-group=5",
            "--backend=nft",
            "--state-dir=/srv/s",
            "--health=[::1]:9999");
    assertThat(container(pod("image: a/b:1")).getArgs())
        .containsExactly(
            "run", "--trial=30s", "--state-dir=/var/lib/hostfirewall", "--health=127.0.0.1:9473");
  }

  @Test
  void kubelet_asks_where_the_agent_answers() throws SettingsException {
    var here = container(pod("image: a/b:1"));

    assertThat(here.getReadinessProbe().getHttpGet().getPath()).isEqualTo("/readyz");
    assertThat(here.getLivenessProbe().getHttpGet().getPath()).isEqualTo("/livez");
    assertThat(here.getReadinessProbe().getHttpGet().getHost()).isEqualTo("127.0.0.1");
    assertThat(here.getPorts().getFirst().getHostIP()).isEqualTo("127.0.0.1");

    var anywhere = container(pod("image: a/b:1\nhealth: {address: 0.0.0.0}"));
    assertThat(anywhere.getReadinessProbe().getHttpGet().getHost()).isNull();
    assertThat(anywhere.getPorts().getFirst().getHostIP()).isNull();
  }

  @Test
  void it_is_updated_some_at_a_time_and_owned_by_the_operator() throws SettingsException {
    var daemonSet = agent("image: a/b:1\nmaxUnavailable: 25%");

    assertThat(daemonSet.getSpec().getUpdateStrategy().getRollingUpdate().getMaxUnavailable())
        .isEqualTo(new IntOrString("25%"));
    assertThat(daemonSet.getMetadata().getOwnerReferences()).containsExactly(OWNER);
  }

  @Test
  void labels_of_the_user_never_replace_those_it_is_known_by() throws SettingsException {
    var daemonSet =
        agent(
            """
            image: a/b:1
            labels: {team: net, app.kubernetes.io/name: mine}
            podLabels: {app.kubernetes.io/component: mine, tier: host}
            """);

    var pod = daemonSet.getSpec().getTemplate().getMetadata().getLabels();
    assertThat(pod)
        .containsAllEntriesOf(daemonSet.getSpec().getSelector().getMatchLabels())
        .containsEntry("team", "net")
        .containsEntry("tier", "host");
    assertThat(daemonSet.getMetadata().getLabels())
        .containsEntry("team", "net")
        .doesNotContainKey("tier");
  }

  @Test
  void the_pods_that_clean_up_have_the_same_shape_and_are_no_agents() throws SettingsException {
    var settings = AgentSettingsFile.read("f", "image: a/b:1\nprivileged: false\nbackend: legacy");
    var daemonSets = new AgentDaemonSets(settings, "ns");
    var agent = daemonSets.agent(OWNER).getSpec().getTemplate().getSpec();
    var cleanup = daemonSets.cleanup().getSpec().getTemplate().getSpec();

    assertThat(container(cleanup).getArgs())
        .startsWith("cleanup", "--yes", "--forget", "--hold", "--backend=legacy");
    assertThat(container(cleanup).getSecurityContext())
        .isEqualTo(container(agent).getSecurityContext());
    assertThat(cleanup.getVolumes()).isEqualTo(agent.getVolumes());
    assertThat(cleanup.getTolerations()).isEqualTo(agent.getTolerations());
    assertThat(container(cleanup).getLivenessProbe()).isNull();
    assertThat(daemonSets.cleanupSelector()).isNotEqualTo(daemonSets.agentSelector());
  }

  private static DaemonSet agent(String yaml) throws SettingsException {
    return new AgentDaemonSets(AgentSettingsFile.read("agent.yaml", yaml), "ns").agent(OWNER);
  }

  private static PodSpec pod(String yaml) throws SettingsException {
    return agent(yaml).getSpec().getTemplate().getSpec();
  }

  private static Container container(PodSpec pod) {
    return pod.getContainers().getFirst();
  }

  private static Volume volume(PodSpec pod, String name) {
    return List.copyOf(pod.getVolumes()).stream()
        .filter(volume -> volume.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
