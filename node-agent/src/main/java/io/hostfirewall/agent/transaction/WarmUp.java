package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.KernelException;

/**
 * Gives connection tracking time to learn of connections that are older than it. Where nothing
 * tracked connections yet, the first packet that a client sends after the rules came looks like
 * that of an intruder, and the connection dies.
 */
public interface WarmUp {

  /**
   * What is waited for between the loading of rules, which begins the tracking, and their start.
   */
  interface Wait {
    void await() throws InterruptedException;

    /** The same as a part of the work on the kernel. */
    default void orFail() throws KernelException {
      try {
        await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new KernelException("interrupted while the kernel learned of old connections", e);
      }
    }
  }

  /** Looks for such connections, before the first rules of ours are loaded. */
  Wait begin();

  /** Waits for nothing. */
  static WarmUp none() {
    return () -> () -> {};
  }
}
