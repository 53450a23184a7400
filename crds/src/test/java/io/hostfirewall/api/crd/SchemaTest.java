package io.hostfirewall.api.crd;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.crd.SchemaWalk.Place;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What the API promises of every field, checked on the committed CRDs. */
class SchemaTest {

  @Test
  void every_string_has_a_largest_length_or_is_one_of_a_few_words() throws IOException {
    assertThat(
            paths(
                place ->
                    place.is("string")
                        && !place.schema().has("maxLength")
                        && !place.schema().has("enum")))
        .isEmpty();
  }

  @Test
  void every_list_and_map_has_a_largest_size() throws IOException {
    assertThat(
            paths(
                place ->
                    (place.is("array") && !place.schema().has("maxItems"))
                        || (place.schema().has("additionalProperties")
                            && !place.schema().has("maxProperties"))))
        .isEmpty();
  }

  @Test
  void every_number_has_both_bounds() throws IOException {
    assertThat(
            paths(
                place ->
                    (place.is("integer") || place.is("number"))
                        && !(place.schema().has("minimum") && place.schema().has("maximum"))))
        .isEmpty();
  }

  @Test
  void every_list_inside_a_rule_has_at_least_one_item() throws IOException {
    assertThat(
            paths(
                place ->
                    place.is("array")
                        && place.path().matches("HostFirewallPolicy\\.spec\\.\\w+\\[]\\..*")
                        && !place.path().contains(".match")
                        && place.schema().path("minItems").asInt() < 1))
        .isEmpty();
  }

  @Test
  void every_list_says_how_it_is_merged() throws IOException {
    assertThat(paths(place -> place.is("array") && !place.schema().has("x-kubernetes-list-type")))
        .isEmpty();
  }

  @Test
  void every_field_is_described() throws IOException {
    assertThat(
            paths(
                place ->
                    place.isField() && place.schema().path("description").asText().length() < 10))
        .isEmpty();
  }

  @Test
  void no_validation_stands_twice() throws IOException {
    assertThat(
            paths(
                place -> {
                  var rules = new HashSet<String>();
                  for (var validation : place.schema().path("x-kubernetes-validations")) {
                    if (!rules.add(validation.path("rule").asText())) {
                      return true;
                    }
                  }
                  return false;
                }))
        .isEmpty();
  }

  @Test
  void every_validation_says_what_is_wrong() throws IOException {
    assertThat(
            paths(
                place -> {
                  for (var validation : place.schema().path("x-kubernetes-validations")) {
                    if (validation.path("message").asText().isBlank()) {
                      return true;
                    }
                  }
                  return false;
                }))
        .isEmpty();
  }

  @Test
  void nothing_is_defaulted_but_the_status() throws IOException {
    assertThat(paths(place -> place.schema().has("default")))
        .containsExactlyInAnyOrder("HostFirewallPolicy.status", "HostFirewallNodeState.status");
  }

  @Test
  void only_the_policies_inside_a_revision_keep_unknown_fields() throws IOException {
    assertThat(paths(place -> place.schema().has("x-kubernetes-preserve-unknown-fields")))
        .containsExactly("HostFirewallRevision.spec.policies[].spec");
  }

  @Test
  void no_word_is_a_boolean_in_yaml() throws IOException {
    assertThat(
            paths(
                place -> {
                  for (var word : place.schema().path("enum")) {
                    if (word.isBoolean() || word.asText().matches("(?i)y|n|yes|no|on|off")) {
                      return true;
                    }
                  }
                  return false;
                }))
        .isEmpty();
  }

  /** The walk itself: were it blind, all the others would pass. */
  @Test
  void the_walk_reaches_the_depths() throws IOException {
    assertThat(paths(place -> true))
        .hasSizeGreaterThan(200)
        .contains(
            "HostFirewallPolicy.spec.ingress[].from[].networks[]",
            "HostFirewallPolicy.spec.forward[].rateLimit.sourcePrefixLength.ipv6",
            "HostFirewallPolicy.spec.nodeSelector.matchLabels[]",
            "HostFirewallPolicy.status.conditions[].reason",
            "HostFirewallAddressSet.spec.networks[]",
            "HostFirewallNodeState.spec.node.apiServerPorts[]",
            "HostFirewallRevision.spec.policies[].spec");
  }

  private static List<String> paths(Predicate<Place> wanted) throws IOException {
    return SchemaWalk.places().filter(wanted).map(Place::path).toList();
  }
}
