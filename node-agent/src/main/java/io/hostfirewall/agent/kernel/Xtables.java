package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;
import java.util.Map;
import java.util.Set;

/** iptables of one back end. */
public interface Xtables {

  Backend backend();

  /** The tables in which we have rules, and perhaps others, as iptables-save prints them. */
  String save(Family family) throws KernelException;

  /**
   * Carries out a text of iptables-restore beside what is there; each of its tables as a whole, or
   * not at all.
   */
  void restore(Family family, String text) throws KernelException;

  /** The tables that were told to sleep: what {@link #save} prints of them no packet meets. */
  default Map<Family, Set<String>> asleep() throws KernelException {
    return Map.of();
  }

  /** Ends the sleep of a table. */
  default void wake(Family family, String table) throws KernelException {}
}
