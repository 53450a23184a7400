package io.hostfirewall.operator.revision;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import io.hostfirewall.operator.Samples;
import java.util.List;
import org.junit.jupiter.api.Test;

class RevisionCollectorTest {

  private final HostFirewallRevision revision = Samples.revision("hfr-1");

  @Test
  void a_revision_that_a_node_shall_run_or_runs_is_named() {
    var shallRun = Samples.state("n1", "hfr-1", "{revision: hfr-2}");
    var runs = Samples.state("n2", "hfr-2", "{revision: hfr-1}");

    assertThat(RevisionCollector.named(revision, List.of(shallRun))).isTrue();
    assertThat(RevisionCollector.named(revision, List.of(runs))).isTrue();
  }

  @Test
  void a_revision_of_the_past_is_not() {
    var moved = Samples.state("n1", "hfr-2", "{revision: hfr-2}");
    var fresh = Samples.state("n2", "", "{observedGeneration: -1}");

    assertThat(RevisionCollector.named(revision, List.of(moved, fresh))).isFalse();
    assertThat(RevisionCollector.named(revision, List.of())).isFalse();
  }
}
