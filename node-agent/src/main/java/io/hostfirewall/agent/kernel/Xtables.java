package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;

/** iptables of one back end. */
public interface Xtables {

  Backend backend();

  /** All tables of a family, as iptables-save prints them with counters. */
  String save(Family family) throws KernelException;

  /**
   * Carries out a text of iptables-restore beside what is there; each of its tables as a whole, or
   * not at all.
   */
  void restore(Family family, String text) throws KernelException;
}
