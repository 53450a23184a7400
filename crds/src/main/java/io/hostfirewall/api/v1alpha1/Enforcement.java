package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a policy decides packets or only counts what it would have decided. */
public enum Enforcement {
  @JsonProperty("Enforce")
  ENFORCE,
  @JsonProperty("Audit")
  AUDIT
}
