package io.hostfirewall.ruleset.merge;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.Logging;
import io.hostfirewall.api.v1alpha1.ProtectionMode;
import io.hostfirewall.api.v1alpha1.ReversePath;
import java.util.List;
import java.util.Optional;

/**
 * The one policy that a node follows: all that select it, in the order of evaluation, with every
 * absent field filled in.
 *
 * @param ingressDefault what happens to new connections to the node that no rule covers
 * @param forward rules for what the node would route and did not translate
 * @param egress rules for connections of the node's own
 * @param trustNodes whether everything from the cluster's nodes passes, or only what it needs
 * @param logging of what no rule covers
 * @param audit what would be followed if the policies that are only audited were enforced too;
 *     empty if there is none of them
 * @param lockoutAcknowledged whether somebody said that these rules may refuse who is connected now
 */
public record EffectivePolicy(
    List<EffectiveRule> ingress,
    Decided<Action> ingressDefault,
    List<EffectiveRule> forward,
    Decided<Action> forwardDefault,
    List<EffectiveRule> egress,
    Decided<Action> egressDefault,
    Decided<ProtectionMode> spoofedSource,
    Decided<ProtectionMode> bogusTcpFlags,
    Decided<ProtectionMode> newNotSyn,
    Decided<ProtectionMode> invalidState,
    Decided<ReversePath> reversePath,
    Decided<Boolean> trustNodes,
    Optional<Decided<Logging>> logging,
    Optional<EffectivePolicy> audit,
    boolean lockoutAcknowledged) {

  public EffectivePolicy {
    ingress = List.copyOf(ingress);
    forward = List.copyOf(forward);
    egress = List.copyOf(egress);
  }
}
