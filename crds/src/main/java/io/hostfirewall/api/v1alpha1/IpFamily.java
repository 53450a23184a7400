package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonProperty;

/** An IP family, for what exists in one of them only. */
public enum IpFamily {
  @JsonProperty("IPv4")
  IPV4,
  @JsonProperty("IPv6")
  IPV6
}
