package io.hostfirewall.api.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.LabelSelector;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may be at the other end: exactly one of networks, address set or nodes. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Peer(
    @Nullable List<String> networks,
    @Nullable List<String> except,
    @Nullable String addressSet,
    @Nullable LabelSelector nodes) {}
