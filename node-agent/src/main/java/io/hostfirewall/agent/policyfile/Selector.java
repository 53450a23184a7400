package io.hostfirewall.agent.policyfile;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** {@link LabelSelector} as a record, which it is not itself. */
record Selector(
    @Nullable Map<String, String> matchLabels,
    @Nullable List<@Nullable Requirement> matchExpressions) {

  /** A condition on a label. */
  record Requirement(
      @Nullable String key, @Nullable String operator, @Nullable List<String> values) {}

  LabelSelector build() {
    var expressions =
        matchExpressions == null
            ? List.<LabelSelectorRequirement>of()
            : matchExpressions.stream()
                .filter(Objects::nonNull)
                .map(r -> new LabelSelectorRequirement(r.key(), r.operator(), r.values()))
                .toList();
    return new LabelSelector(expressions, matchLabels == null ? Map.of() : matchLabels);
  }
}
