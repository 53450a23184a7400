package io.hostfirewall.agent.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.model.Cidr;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AddressSetsTest {

  private static final Map<String, List<Cidr>> BEFORE =
      Map.of("cluster-nodes", List.of(Cidr.parse("10.0.0.1/32")));

  private static ApiObject<AddressSetContent, Void> object(
      String name, @Nullable String set, String... networks) {
    return new ApiObject<>(
        new ApiObject.Metadata(name, "uid", 1), AddressSetContent.of(set, List.of(networks)), null);
  }

  @Test
  void objects_of_one_set_are_put_together() {
    assertThat(
            AddressSets.merge(
                Map.of(),
                List.of(
                    object("nodes-1", "cluster-nodes", "10.0.0.2/32"),
                    object("cluster-nodes", null, "10.0.0.1/32"))))
        .containsExactly(
            Map.entry(
                "cluster-nodes", List.of(Cidr.parse("10.0.0.1/32"), Cidr.parse("10.0.0.2/32"))));
  }

  @Test
  void a_set_that_is_gone_keeps_what_it_held() {
    assertThat(AddressSets.merge(BEFORE, List.of())).isEqualTo(BEFORE);
  }

  @Test
  void a_set_that_holds_nonsense_keeps_what_it_held() {
    assertThat(AddressSets.merge(BEFORE, List.of(object("cluster-nodes", null, "10.0.0.300/32"))))
        .isEqualTo(BEFORE);
    assertThat(AddressSets.merge(Map.of(), List.of(object("x", null, "10.0.0.300/32")))).isEmpty();
  }

  @Test
  void a_set_may_be_emptied() {
    assertThat(AddressSets.merge(BEFORE, List.of(object("cluster-nodes", null))))
        .containsExactly(Map.entry("cluster-nodes", List.of()));
  }
}
