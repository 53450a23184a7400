package io.hostfirewall.operator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.IntOrString;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgentSettingsFileTest {

  @Test
  void only_the_image_must_be_named() throws SettingsException {
    var settings = AgentSettingsFile.read("agent.yaml", "image: a/b:1");

    assertThat(settings.name()).isEqualTo("hostfirewall-agent");
    assertThat(settings.privileged()).isTrue();
    assertThat(settings.backend()).isEqualTo(AgentSettings.Backend.AUTO);
    assertThat(settings.health()).isEqualTo(new AgentSettings.Health("127.0.0.1", 9473));
    assertThat(settings.boot().enabled()).isFalse();
    assertThat(settings.maxUnavailable()).isEqualTo(new IntOrString("10%"));
    assertThat(settings.tolerations())
        .singleElement()
        .satisfies(toleration -> assertThat(toleration.getOperator()).isEqualTo("Exists"));
  }

  @Test
  void every_key_is_taken() throws SettingsException {
    var settings =
        AgentSettingsFile.read(
            "agent.yaml",
            """
            name: other
            image: a/b:1
            imagePullPolicy: Always
            imagePullSecrets: [regcred]
            serviceAccountName: other
            privileged: false
            backend: legacy
            trialSeconds: 60
            uplinks: [eth0, bond+]
            podInterfaces: [cali+]
            adminNetworks: [192.0.2.0/24]
            apiServerFrom: ["2001:db8::/32"]
            health: {port: 9999}
            logging: {target: NFLOG}
            boot: {enabled: true}
            stateFolder: /srv/state
            hostPathXtablesLock: /var/lock/xtables
            priorityClassName: ""
            maxUnavailable: 3
            terminationGracePeriodSeconds: 5
            nodeSelector: {role: edge}
            tolerations: [{key: a, operator: Equal, value: b, effect: NoSchedule}]
            affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
              {matchExpressions: [{key: x, operator: Exists}]}]}}}
            resources: {requests: {cpu: 10m, memory: 64Mi}, limits: {memory: 1}}
            extraEnv: [{name: KUBERNETES_SERVICE_HOST, value: 192.0.2.1}]
            podLabels: {a: b}
            podAnnotations: {c: d}
            labels: {e: f}
            """);

    assertThat(settings.backend()).isEqualTo(AgentSettings.Backend.LEGACY);
    assertThat(settings.health()).isEqualTo(new AgentSettings.Health("127.0.0.1", 9999));
    assertThat(settings.logging())
        .isEqualTo(new AgentSettings.Logging(AgentSettings.Logging.Target.NFLOG, 0));
    assertThat(settings.boot().enabled()).isTrue();
    assertThat(settings.maxUnavailable()).isEqualTo(new IntOrString(3));
    assertThat(settings.resources().getRequests()).containsOnlyKeys("cpu", "memory");
    assertThat(settings.affinity().getNodeAffinity()).isNotNull();
    assertThat(settings.extraEnv()).hasSize(1);
  }

  @Test
  void a_key_without_a_value_is_a_key_left_out() throws SettingsException {
    var settings = AgentSettingsFile.read("agent.yaml", "image: a\naffinity:\nuplinks:\nhealth:\n");

    assertThat(settings.uplinks()).isEmpty();
    assertThat(settings.health().port()).isEqualTo(9473);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                               | agent.yaml holds no keys.",
        "'[a, b]'                         | agent.yaml holds no keys.",
        "'name: x'                        | agent.yaml: image: is missing. Name the image",
        "'image: a\nimge: b'              | agent.yaml: imge: unknown key. Known here are adminNetworks, affinity",
        "'image: a\nname: x\nname: y'     | agent.yaml:3: is not valid YAML: Duplicate field 'name'",
        "'image: [a'                      | agent.yaml:1: is not valid YAML",
        "'image: a\nprivileged: maybe'    | agent.yaml: privileged: must be true or false.",
        "'image: a\nprivileged: \"true\"' | agent.yaml: privileged: must be true or false.",
        "'image: a\ntrialSeconds: soon'   | agent.yaml: trialSeconds: must be a whole number.",
        "'image: a\ntrialSeconds: 3'      | agent.yaml: trialSeconds: must be a whole number of seconds from 5",
        "'image: a\nbackend: nftables'    | agent.yaml: backend: must be auto, nft or legacy.",
        "'image: a\nuplinks: eth0'        | agent.yaml: uplinks: must be a list",
        "'image: a\nuplinks: [eth/0]'     | agent.yaml: uplinks[0]: \"eth/0\" is no interface.",
        "'image: a\nnodeSelector: {a: true}' | agent.yaml: nodeSelector.a: must be text: put it in quotes.",
        "'image: a\nnodeSelector: x'      | agent.yaml: nodeSelector: must be a mapping",
        "'image: a\nhealth: {adress: x}' | agent.yaml: health.adress: unknown key. Known here are address, port.",
        "'image: a\nlogging: {target: syslog}' | agent.yaml: logging.target: must be Kernel or NFLOG",
        "'image: a\nlogging: {group: 65536}' | agent.yaml: logging.group: must be a number from 0 to 65535",
        "'image: a\nhealth: {port: 0}'    | agent.yaml: health.port: must be a port",
        "'image: a\nhealth: {address: localhost}' | agent.yaml: health.address: must be an IP address",
        "'image: a\ntolerations: [{operater: Exists}]' | agent.yaml: tolerations[0].operater: unknown key. Known here are effect, key",
        "'image: a\nresources: {request: {cpu: 1}}' | agent.yaml: resources.request: unknown key.",
        "'image: a\naffinity: {nodeAffinty: {}}' | agent.yaml: affinity.nodeAffinty: unknown key.",
        "'image: a\nadminNetworks: [10.0.0.1/8]' | agent.yaml: adminNetworks[0]: \"10.0.0.1/8\" has host bits. Write",
        "'image: a\napiServerFrom: [office]'  | agent.yaml: apiServerFrom[0]: \"office\" is no network.",
        "'image: a\nmaxUnavailable: 0'    | agent.yaml: maxUnavailable: must be at least 1",
        "'image: a\nmaxUnavailable: some' | agent.yaml: maxUnavailable: must be at least 1",
        "'image: a\nstateFolder: var/lib' | agent.yaml: stateFolder: must be an absolute path",
        "'image: a\nimagePullPolicy: always' | agent.yaml: imagePullPolicy: must be Always, IfNotPresent or Never.",
        "'image: a\nname: Agent'          | agent.yaml: name: \"Agent\" is no name of a DaemonSet.",
        "'image: a\nextraEnv: [{name: NODE_NAME, value: x}]' | agent.yaml: extraEnv[0].name: NODE_NAME stands twice",
      })
  void a_mistake_is_refused_with_a_sentence(String yaml, String sentence) {
    assertThatThrownBy(() -> AgentSettingsFile.read("agent.yaml", yaml))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(sentence);
  }

  @Test
  void a_file_that_is_not_there_is_named() {
    assertThatThrownBy(() -> AgentSettingsFile.read(Path.of("/nowhere/agent.yaml")))
        .hasMessage("/nowhere/agent.yaml does not exist. Mount the agents' configuration there.");
  }
}
