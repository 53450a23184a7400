package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Who shares one budget of a rate limit. */
public enum LimitScope {
  @JsonProperty("Source")
  SOURCE,
  @JsonProperty("Node")
  NODE
}
