package io.hostfirewall.ruleset.compile;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.merge.Decided;
import io.hostfirewall.ruleset.merge.Direction;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.merge.EffectiveRule;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Match;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which connections are judged, by what of them, and by which rules of the policies. */
enum Judged {
  /** Connections to the node, by the port and address that they come to. */
  BY_DESTINATION(""),
  /** Translated ones, by the port and address that they were sent to first. */
  BY_ORIGINAL_DESTINATION("DNAT-"),
  /** Those that the node routes as they are. */
  ROUTED("FWD-"),
  /** The node's own. */
  SENT("OUTPUT-");

  private final String prefix;

  Judged(String prefix) {
    this.prefix = prefix;
  }

  /** How the names of the chains begin that judge so. */
  String prefix() {
    return prefix;
  }

  /** What a packet must be, too, where translated ones come the same way. */
  Stream<Match> untranslated() {
    return this == ROUTED
        ? Stream.of(new Match.InState(Set.of(ConnState.DNAT), true))
        : Stream.of();
  }

  /** The interface by which a packet passes the node's border. */
  Match uplink(String name) {
    return this == SENT ? new Match.OutInterface(name, false) : new Match.InInterface(name, false);
  }

  List<EffectiveRule> rules(EffectivePolicy policy) {
    return switch (this) {
      case BY_DESTINATION, BY_ORIGINAL_DESTINATION -> policy.ingress();
      case ROUTED -> policy.forward();
      case SENT -> policy.egress();
    };
  }

  /** Whose rules judge so. */
  Direction direction() {
    return switch (this) {
      case BY_DESTINATION, BY_ORIGINAL_DESTINATION -> Direction.INGRESS;
      case ROUTED -> Direction.FORWARD;
      case SENT -> Direction.EGRESS;
    };
  }

  Decided<Action> otherwise(EffectivePolicy policy) {
    return switch (this) {
      case BY_DESTINATION, BY_ORIGINAL_DESTINATION -> policy.ingressDefault();
      case ROUTED -> policy.forwardDefault();
      case SENT -> policy.egressDefault();
    };
  }
}
