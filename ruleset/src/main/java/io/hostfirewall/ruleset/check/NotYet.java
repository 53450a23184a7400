package io.hostfirewall.ruleset.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The fields of the schema that this version does not carry out. They are refused, never ignored.
 */
public final class NotYet {

  /**
   * Fields by their path without list indexes, with the values that are carried out; none if the
   * field is refused whatever it says.
   */
  private static final Map<String, Set<String>> FIELDS = Map.of();

  private static final ObjectMapper JSON = new ObjectMapper();

  private NotYet() {}

  /** The paths of all fields on the list, without list indexes. */
  public static Set<String> fields() {
    return Set.copyOf(FIELDS.keySet());
  }

  static List<Problem> problems(HostFirewallPolicySpec spec) {
    var problems = new ArrayList<Problem>();
    walk("spec", JSON.valueToTree(spec), problems);
    return problems;
  }

  private static void walk(String field, JsonNode value, List<Problem> problems) {
    var carriedOut = FIELDS.get(field.replaceAll("\\[\\d+]", "[]"));
    if (carriedOut != null) {
      if (!carriedOut.contains(value.asText())) {
        problems.add(new Problem(field, sentence(carriedOut)));
      }
    } else if (value.isArray()) {
      for (var i = 0; i < value.size(); i++) {
        walk(field + "[" + i + "]", value.get(i), problems);
      }
    } else {
      value.properties().forEach(e -> walk(field + "." + e.getKey(), e.getValue(), problems));
    }
  }

  private static String sentence(Set<String> carriedOut) {
    return carriedOut.isEmpty()
        ? "is not carried out by this version. Leave it out."
        : "is not carried out by this version except as \"%s\". Write that, or leave it out."
            .formatted(String.join("\" or \"", carriedOut));
  }
}
