package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** A protocol with ports. */
public enum TransportProtocol {
  @JsonProperty("TCP")
  TCP,
  @JsonProperty("UDP")
  UDP,
  @JsonProperty("SCTP")
  SCTP
}
