package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What happens to a packet that a rule or a default covers. Deny is silent, Reject answers. */
public enum Action {
  @JsonProperty("Accept")
  ACCEPT,
  @JsonProperty("Deny")
  DENY,
  @JsonProperty("Reject")
  REJECT
}
