package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether a protection is in force. */
public enum ProtectionMode {
  @JsonProperty("Drop")
  DROP,
  @JsonProperty("Disabled")
  DISABLED
}
