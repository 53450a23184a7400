package io.hostfirewall.agent.transaction;

import java.util.List;
import java.util.Optional;

/** Looks for a reason not to confirm rules that are on trial. */
public interface Proof {

  /** The reason, or empty if nothing speaks against them. */
  Optional<Objection> objection(Wanted wanted);

  /**
   * All reasons that can be told without trying anything, so that they are known before something
   * is written.
   */
  default List<Objection> foreseen(Wanted wanted) {
    return List.of();
  }

  /** Before rules are loaded: what is worth comparing with later is looked at. */
  default void before(Wanted wanted) {}

  /** No proof is asked for. */
  static Proof none() {
    return wanted -> Optional.empty();
  }

  /** The first objection of several proofs. */
  static Proof all(List<Proof> proofs) {
    return new Proof() {
      @Override
      public void before(Wanted wanted) {
        proofs.forEach(proof -> proof.before(wanted));
      }

      @Override
      public Optional<Objection> objection(Wanted wanted) {
        return proofs.stream().flatMap(proof -> proof.objection(wanted).stream()).findFirst();
      }

      @Override
      public List<Objection> foreseen(Wanted wanted) {
        return proofs.stream().flatMap(proof -> proof.foreseen(wanted).stream()).toList();
      }
    };
  }
}
