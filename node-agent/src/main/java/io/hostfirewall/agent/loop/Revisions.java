package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.cluster.Cluster;
import io.hostfirewall.agent.cluster.ClusterException;
import io.hostfirewall.api.v1alpha1.HostFirewallRevisionSpec;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Contents of revisions. The API server is asked on another thread: the loop heals whether or not
 * somebody answers.
 */
final class Revisions {

  private static final long LONGEST_PAUSE_SECONDS = 60;

  private final Cluster cluster;
  private final ScheduledExecutorService thread;
  private final Runnable changed;

  private String asked = "";
  private @Nullable HostFirewallRevisionSpec answer;
  private String problem = "";

  Revisions(Cluster cluster, ScheduledExecutorService thread, Runnable changed) {
    this.cluster = cluster;
    this.thread = thread;
    this.changed = changed;
  }

  /** The content of a revision; empty while the API server has not told it. */
  synchronized Optional<HostFirewallRevisionSpec> content(String name) {
    if (!asked.equals(name)) {
      asked = name;
      answer = null;
      problem = "";
      thread.execute(() -> ask(name, 1));
    }
    return Optional.ofNullable(answer);
  }

  /** Why there is no content yet; empty if it is only being asked for. */
  synchronized String problem() {
    return problem;
  }

  private void ask(String name, long pauseSeconds) {
    if (!isAsked(name)) {
      return;
    }
    try {
      answer(name, cluster.revision(name), "");
    } catch (ClusterException e) {
      answer(name, null, String.valueOf(e.getMessage()));
      var _ =
          thread.schedule(
              () -> ask(name, Math.min(LONGEST_PAUSE_SECONDS, pauseSeconds * 2)),
              pauseSeconds,
              TimeUnit.SECONDS);
    }
    changed.run();
  }

  private synchronized boolean isAsked(String name) {
    return asked.equals(name);
  }

  private synchronized void answer(
      String name, @Nullable HostFirewallRevisionSpec content, String why) {
    if (asked.equals(name)) {
      answer = content;
      problem = why;
    }
  }
}
