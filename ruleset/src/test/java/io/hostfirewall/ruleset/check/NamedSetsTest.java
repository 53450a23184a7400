package io.hostfirewall.ruleset.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.ruleset.Policies;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NamedSetsTest {

  private static final String POLICY =
      """
      nodeSelector: {}
      ingress:
      - {name: a, action: Accept, from: [{networks: [10.0.0.0/8]}, {addressSet: office}]}
      - {name: b, action: Deny, to: [{addressSet: addresses}]}
      egress:
      - {name: c, action: Deny, to: [{addressSet: office}]}
      """;

  @Test
  void they_are_found_in_every_list_of_peers() {
    assertThat(NamedSets.of(Policies.spec(POLICY))).containsExactly("addresses", "office");
  }

  @Test
  void one_that_does_not_exist_is_named_with_its_place() {
    assertThat(NamedSets.unknown(Policies.spec(POLICY), Set.of("office", "addresses"))).isEmpty();
    assertThat(NamedSets.unknown(Policies.spec(POLICY), Set.of("addresses")))
        .extracting(Problem::field)
        .containsExactly("spec.ingress[0].from[1].addressSet", "spec.egress[0].to[0].addressSet");
    assertThat(NamedSets.unknown(Policies.spec(POLICY), Set.of("office")))
        .singleElement()
        .satisfies(problem -> assertThat(problem.message()).contains("\"addresses\""));
  }

  @Test
  void the_nearest_name_that_exists_is_proposed() {
    assertThat(NamedSets.unknown(Policies.spec(POLICY), Set.of("ofice", "addresses")))
        .extracting(Problem::message)
        .containsOnly("there is no address set \"office\". Did you mean \"ofice\"?");
  }

  private static final String NODES =
      "nodeSelector: {}\ningress: [{name: a, action: Accept, from: [{nodes: %s}]}]\n";

  @Test
  void selectors_that_pick_the_same_nodes_by_the_same_words_share_a_set() {
    var one =
        NamedSets.of(
            Policies.spec(
                NODES.formatted(
                    "{matchLabels: {a: b, c: d}, matchExpressions: [{key: e, operator: In, values: [x, y]}]}")));
    var other =
        NamedSets.of(
            Policies.spec(
                NODES.formatted(
                    "{matchExpressions: [{key: e, operator: In, values: [y, x]}], matchLabels: {c: d, a: b}}")));

    assertThat(one)
        .isEqualTo(other)
        .singleElement()
        .asString()
        .matches("cluster-nodes-[0-9a-f]{12}");
    assertThat(NamedSets.of(Policies.spec(NODES.formatted("{}")))).doesNotContainAnyElementsOf(one);
  }

  @Test
  void the_set_of_nodes_is_no_name_that_a_user_could_have_forgotten() {
    var spec = Policies.spec(NODES.formatted("{matchLabels: {a: b}}"));

    assertThat(NamedSets.unknown(spec, Set.of())).isEmpty();
    assertThat(NamedSets.ofNodes(spec).values())
        .singleElement()
        .satisfies(selector -> assertThat(selector.getMatchLabels()).containsEntry("a", "b"));
    assertThat(NamedSets.withoutCluster(spec))
        .extracting(Problem::field)
        .containsExactly("spec.ingress[0].from[0].nodes");
  }

  @Test
  void a_selector_that_means_nothing_is_named_wherever_it_stands() {
    assertThat(
            PolicyCheck.check(
                Policies.spec(
                    NODES.formatted(
                        "{matchExpressions: [{key: role, operator: Like, values: [web]}]}"))))
        .extracting(Problem::field)
        .containsExactly("spec.ingress[0].from[0].nodes.matchExpressions[0].operator");
    assertThat(
            PolicyCheck.check(
                Policies.spec(
                    """
                    nodeSelector:
                      matchExpressions:
                      - {key: role, operator: In}
                      - {key: role, operator: Exists, values: [web]}
                      - {key: role, operator: NotIn, values: [web]}
                    """)))
        .extracting(Problem::field)
        .containsExactly(
            "spec.nodeSelector.matchExpressions[0].values",
            "spec.nodeSelector.matchExpressions[1].values");
  }

  @Test
  void what_is_wrong_with_an_address_set_is_said_as_the_schema_would() {
    assertThat(AddressSetCheck.check(spec("office", "10.0.0.0/8", "fd00::/8"))).isEmpty();
    assertThat(AddressSetCheck.check(spec(null))).isEmpty();
    assertThat(AddressSetCheck.check(new HostFirewallAddressSetSpec(null, null)))
        .extracting(Problem::field)
        .containsExactly("spec.networks");
    assertThat(AddressSetCheck.check(spec("Office", "10.0.0.1/8", "10.0.0.1")))
        .extracting(Problem::field)
        .containsExactly("spec.set", "spec.networks[0]", "spec.networks[1]");
  }

  private static HostFirewallAddressSetSpec spec(String set, String... networks) {
    return new HostFirewallAddressSetSpec(set, List.of(networks));
  }
}
