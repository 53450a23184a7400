package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Strictness of the reverse path check of RFC 3704. */
public enum ReversePath {
  @JsonProperty("Disabled")
  DISABLED,
  @JsonProperty("Loose")
  LOOSE,
  @JsonProperty("Strict")
  STRICT
}
