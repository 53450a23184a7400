package io.hostfirewall.operator.select;

import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.merge.RevisionContent;
import java.util.List;

/** What the policies in force on a node come to. */
public sealed interface RevisionChoice {

  /** As many policies as one revision can hold, by its schema. */
  int MAX_POLICIES = 64;

  /** No policy selects the node. */
  record None() implements RevisionChoice {}

  /** The node shall run this revision. */
  record Named(String name, HostFirewallRevisionSpec content) implements RevisionChoice {}

  /** The policies do not fit into one revision; the node keeps what it has. */
  record TooLarge(String message) implements RevisionChoice {}

  static RevisionChoice of(List<RevisionPolicy> inForce) {
    if (inForce.isEmpty()) {
      return new None();
    }
    if (inForce.size() > MAX_POLICIES) {
      return new TooLarge(
          "%d policies select the node; %d is the most".formatted(inForce.size(), MAX_POLICIES));
    }
    var content = RevisionContent.of(inForce);
    int bytes = RevisionContent.bytes(content);
    if (bytes > RevisionContent.MAX_BYTES) {
      return new TooLarge(
          "the policies of the node take %d bytes together; %d is the most"
              .formatted(bytes, RevisionContent.MAX_BYTES));
    }
    return new Named(RevisionContent.name(content), content);
  }
}
