package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Where a node stands with the revision it was told to run. */
public enum NodePhase {
  @JsonProperty("Pending")
  PENDING,
  @JsonProperty("Trial")
  TRIAL,
  @JsonProperty("Applied")
  APPLIED,
  @JsonProperty("RolledBack")
  ROLLED_BACK,
  @JsonProperty("Failed")
  FAILED,
  @JsonProperty("Drifted")
  DRIFTED
}
