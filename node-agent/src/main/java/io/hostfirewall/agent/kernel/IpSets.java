package io.hostfirewall.agent.kernel;

/** The kernel's sets. */
public interface IpSets {

  /** Our sets, as ipset prints them for restoring; foreign sets are left out. */
  String save() throws KernelException;

  /** Carries out the lines of a text one after the other; stops at the first that is refused. */
  void restore(String text) throws KernelException;
}
