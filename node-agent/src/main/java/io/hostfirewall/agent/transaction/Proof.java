package io.hostfirewall.agent.transaction;

import java.util.List;
import java.util.Optional;

/** Looks for a reason not to confirm rules that are on trial. */
public interface Proof {

  /** The reason, or empty if nothing speaks against them. */
  Optional<Objection> objection(Wanted wanted);

  /** No proof is asked for. */
  static Proof none() {
    return wanted -> Optional.empty();
  }

  /** The first objection of several proofs. */
  static Proof all(List<Proof> proofs) {
    return wanted -> proofs.stream().flatMap(proof -> proof.objection(wanted).stream()).findFirst();
  }
}
