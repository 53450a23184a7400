package io.hostfirewall.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.operator.Samples;
import io.hostfirewall.operator.select.NodeView;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlimStoreTest {

  @Test
  void what_the_firewall_reads_is_kept_and_the_rest_is_empty() {
    var before = NodeView.of(Samples.node("n1", "web", "10.99.0.11"));
    var store = new SlimStore<Node>();

    store.put(
        "n1",
        new NodeBuilder(Samples.node("n1", "web", "10.99.0.11"))
            .editMetadata()
            .addToAnnotations("a", "b")
            .addNewManagedField()
            .withManager("kubelet")
            .endManagedField()
            .endMetadata()
            .editStatus()
            .addNewImage()
            .addToNames("registry/image:1")
            .endImage()
            .endStatus()
            .build());

    var kept = store.get("n1");
    assertThat(NodeView.of(kept)).isEqualTo(before);
    assertThat(kept.getMetadata().getAnnotations()).isEmpty();
    assertThat(kept.getMetadata().getManagedFields()).isEmpty();
    assertThat(kept.getStatus().getImages()).isEmpty();
  }

  @Test
  void of_address_sets_only_those_of_the_operator_keep_their_networks() {
    var store = new SlimStore<HostFirewallAddressSet>();

    store.put("cluster-nodes", addressSet("cluster-nodes"));
    store.put("office", addressSet("office"));

    assertThat(store.get("cluster-nodes").getSpec().networks()).containsExactly("10.0.0.0/8");
    assertThat(store.get("office").getSpec().networks()).isEmpty();
    assertThat(store.get("office").getSpec().set()).isEqualTo("a");
  }

  private static HostFirewallAddressSet addressSet(String name) {
    var set = new HostFirewallAddressSet();
    set.setMetadata(new ObjectMetaBuilder().withName(name).build());
    set.setSpec(new HostFirewallAddressSetSpec("a", List.of("10.0.0.0/8")));
    return set;
  }
}
