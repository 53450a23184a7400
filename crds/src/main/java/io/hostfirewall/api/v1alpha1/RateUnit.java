package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** The unit of time of a rate limit. */
public enum RateUnit {
  @JsonProperty("Second")
  SECOND,
  @JsonProperty("Minute")
  MINUTE,
  @JsonProperty("Hour")
  HOUR,
  @JsonProperty("Day")
  DAY
}
