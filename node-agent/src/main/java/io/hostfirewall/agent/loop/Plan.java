package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.transaction.Wanted;

/** What the node shall do now. */
sealed interface Plan {

  /** Keep what is enforced: something is not known yet. */
  record Wait(String reason) implements Plan {}

  /** Keep what is enforced: what the API server says makes no sense. */
  record Keep(String reason) implements Plan {}

  /** Enforce this. */
  record Enforce(Wanted wanted) implements Plan {}
}
