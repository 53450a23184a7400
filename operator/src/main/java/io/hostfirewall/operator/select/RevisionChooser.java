package io.hostfirewall.operator.select;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Remembers choices, because thousands of nodes share a few sets of policies and hashing one is the
 * dearest step of a node's reconciliation.
 */
public final class RevisionChooser {

  /** Bounds memory; a fleet has fewer sets of policies than this at any time. */
  private static final int REMEMBERED = 64;

  private final Map<Set<SpecKey>, RevisionChoice> choices = new ConcurrentHashMap<>();

  public RevisionChoice choose(List<RevisionPolicy> inForce) {
    if (choices.size() > REMEMBERED) {
      choices.clear();
    }
    var key = inForce.stream().map(SpecKey::of).collect(Collectors.toSet());
    return choices.computeIfAbsent(key, ignored -> RevisionChoice.of(inForce));
  }

  /** A spec's identity: Kubernetes counts the generation up whenever a spec changes. */
  private record SpecKey(String uid, Long generation) {

    static SpecKey of(RevisionPolicy policy) {
      return new SpecKey(policy.uid(), policy.generation());
    }
  }
}
