package io.hostfirewall.agent.policyfile;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.packet.Question;
import org.jspecify.annotations.Nullable;

/**
 * What should become of a packet.
 *
 * @param line where it stands, counted from 1
 * @param name what people call it; the packet's words if it has none
 * @param packet in words
 * @param policy which one must decide; null if any may
 * @param rule which rule of a policy must decide; null if any may
 * @param place which node the packet meets; null for a host in no cluster
 */
public record Expectation(
    String file,
    int line,
    String name,
    String packet,
    Question question,
    Action verdict,
    @Nullable String policy,
    @Nullable String rule,
    @Nullable SupposedPlace place) {}
