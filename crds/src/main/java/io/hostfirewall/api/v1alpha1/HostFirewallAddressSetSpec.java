package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A named list of networks. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFirewallAddressSetSpec(@Nullable String set, List<String> networks) {}
