package io.hostfirewall.ruleset.merge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.model.ContentHash;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a revision holds, and the name that its content gives it. */
public final class RevisionContent {

  /** The most that one revision may take as JSON, in bytes; etcd refuses objects over 1.5 MiB. */
  public static final int MAX_BYTES = 1 << 20;

  private static final JsonMapper CANONICAL =
      JsonMapper.builder()
          .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private RevisionContent() {}

  /** The policies of a revision in the order of evaluation. */
  public static HostFirewallRevisionSpec of(List<RevisionPolicy> policies) {
    return new HostFirewallRevisionSpec(PolicyMerge.inOrder(policies));
  }

  /** {@code hfr-} and twelve hexadecimal digits: equal policies, equal name. */
  public static String name(HostFirewallRevisionSpec content) {
    return "hfr-" + ContentHash.shortOf(json(content));
  }

  /** The size of the content as JSON, in bytes. */
  public static int bytes(HostFirewallRevisionSpec content) {
    return json(content).getBytes(StandardCharsets.UTF_8).length;
  }

  private static String json(HostFirewallRevisionSpec content) {
    try {
      return CANONICAL.writeValueAsString(content);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of plain values can always be written", e);
    }
  }
}
