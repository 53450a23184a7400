package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;

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
}
