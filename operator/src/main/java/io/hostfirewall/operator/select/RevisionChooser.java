package io.hostfirewall.operator.select;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Remembers choices, because thousands of nodes share a few sets of policies and hashing one is the
 * dearest step of a node's reconciliation.
 */
public final class RevisionChooser {

  /** Bounds memory; a fleet has fewer sets of policies than this at any time. */
  private static final int REMEMBERED = 64;

  private final Map<Set<PolicyVersion>, RevisionChoice> choices = new ConcurrentHashMap<>();

  public RevisionChoice choose(List<RevisionPolicy> inForce) {
    if (choices.size() > REMEMBERED) {
      choices.clear();
    }
    return choices.computeIfAbsent(
        PolicyVersion.of(inForce), ignored -> RevisionChoice.of(inForce));
  }
}
