package io.hostfirewall.operator.rollout;

import io.hostfirewall.api.v1alpha1.FailedNode;

/** What a node that shall run another revision may do now. */
public sealed interface Step {

  /** It is told. */
  record Go() implements Step {}

  /** It keeps what it has until this node has answered. */
  record Wait(String node) implements Step {}

  /** It keeps what it has, because this node could not enforce the same change. */
  record Stopped(FailedNode by) implements Step {}
}
