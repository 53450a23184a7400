package io.hostfirewall.agent.drift;

import io.hostfirewall.ruleset.model.IpSet;
import java.util.Collection;

/**
 * Tells that somebody may have changed what is ours in the kernel. Whether it is so, the listener
 * looks for itself.
 */
public interface DriftWatch extends AutoCloseable {

  /** Begins to watch; {@code wake} is called on any thread. */
  void start(Runnable wake);

  /** Which sets to watch from now on. */
  void watchSets(Collection<IpSet> sets);

  /**
   * The listener has looked.
   *
   * @param asMeant whether nothing had been changed
   */
  void checked(boolean asMeant);

  /** Looks after the watching programs themselves; to be called every few seconds. */
  void lookAfter();

  /**
   * What stands in the iptables that we do not use, in a sentence; empty for nothing of interest.
   */
  String otherBackEnd();

  /** What never meets our rules, in a sentence; empty for nothing of interest. */
  String bypassed();

  @Override
  void close();
}
