package io.hostfirewall.agent.drift;

import java.util.Collection;

/**
 * Tells that somebody may have changed what is ours in the kernel. Whether it is so, the listener
 * looks for itself.
 */
public interface DriftWatch extends AutoCloseable {

  /** Begins to watch; {@code wake} is called on any thread. */
  void start(Runnable wake);

  /** Which sets to watch from now on. */
  void watchSets(Collection<String> names);

  @Override
  void close();
}
