package io.hostfirewall.operator.uninstall;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CleaningTest {

  private static final String READY = "{conditions: [{type: Ready, status: 'True'}]}";

  @Test
  void it_has_ended_when_every_node_is_clean() {
    var cleaning =
        Cleaning.of(daemonSet(1, 2), List.of(pod("n1", READY), pod("n2", READY)), Set.of());

    assertThat(cleaning.ended()).isTrue();
    assertThat(cleaning.done()).containsExactly("n1", "n2");
  }

  @Test
  void a_cluster_without_nodes_is_clean() {
    assertThat(Cleaning.of(daemonSet(1, 0), List.of(), Set.of()).ended()).isTrue();
  }

  @Test
  void it_has_not_begun_before_the_pods_are_placed() {
    assertThat(Cleaning.of(null, List.of(), Set.of()).ended()).isFalse();
    assertThat(Cleaning.of(daemonSet(0, 0), List.of(), Set.of()).ended()).isFalse();
    assertThat(Cleaning.of(daemonSet(1, 2), List.of(pod("n1", READY)), Set.of()).ended()).isFalse();
  }

  @Test
  void a_node_that_is_not_ready_is_not_waited_for() {
    var cleaning =
        Cleaning.of(
            daemonSet(1, 2),
            List.of(pod("n1", READY), pod("n2", "{phase: Pending}")),
            Set.of("n2"));

    assertThat(cleaning.ended()).isTrue();
    assertThat(cleaning.unreachable()).isEqualTo(Map.of("n2", "the node is not Ready"));
  }

  @Test
  void a_pod_that_cannot_start_says_why() {
    var waiting =
        "{phase: Pending, containerStatuses: [{name: cleanup, state: {waiting: {reason: ErrImagePull}}}]}";
    var ended =
        "{phase: Running, containerStatuses: [{name: cleanup, state: {terminated: {exitCode: 3}}}]}";

    var cleaning =
        Cleaning.of(daemonSet(1, 2), List.of(pod("n1", waiting), pod("n2", ended)), Set.of());

    assertThat(cleaning.ended()).isFalse();
    assertThat(cleaning.waiting())
        .isEqualTo(
            Map.of(
                "n1", "its container waits: ErrImagePull",
                "n2", "its container ended with code 3"));
  }

  @Test
  void a_pod_that_is_not_bound_yet_is_counted_for_the_node_it_is_meant_for() {
    Pod unbound =
        new KubernetesSerialization()
            .unmarshal(
                """
                metadata: {name: p}
                spec: {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [
                  {matchFields: [{key: metadata.name, operator: In, values: [n9]}]}]}}}}
                status: {phase: Pending}
                """,
                Pod.class);

    assertThat(Cleaning.of(daemonSet(1, 1), List.of(unbound), Set.of()).waiting())
        .containsOnlyKeys("n9");
  }

  private static DaemonSet daemonSet(long observed, int desired) {
    return new DaemonSetBuilder()
        .withNewMetadata()
        .withGeneration(1L)
        .endMetadata()
        .withNewStatus()
        .withObservedGeneration(observed)
        .withDesiredNumberScheduled(desired)
        .endStatus()
        .build();
  }

  private static Pod pod(String node, String status) {
    return new KubernetesSerialization()
        .unmarshal(
            "metadata: {name: cleanup-%1$s}\nspec: {nodeName: %1$s}\nstatus: %2$s"
                .formatted(node, status),
            Pod.class);
  }
}
