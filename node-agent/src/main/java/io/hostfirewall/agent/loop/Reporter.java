package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.cluster.Cluster;
import io.hostfirewall.agent.cluster.ClusterException;
import io.hostfirewall.agent.cluster.NodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.NodePhase;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Writes the status when it changed, on another thread, and again until the API server took it. */
final class Reporter {

  private static final System.Logger LOG = System.getLogger(Reporter.class.getName());
  private static final long LONGEST_PAUSE_SECONDS = 60;

  /** An event that was told is not told again for so long. */
  private static final Duration SAME_EVENT = Duration.ofMinutes(10);

  /** More different ones than this in that time are not told: the status says how it is. */
  private static final int MOST_EVENTS = 20;

  private final Cluster cluster;
  private final ScheduledExecutorService thread;
  private final InstantSource uptime;
  private final Map<String, Instant> told = new HashMap<>();

  private @Nullable HostFirewallNodeStateStatus wanted;

  /** The object that {@link #wanted} is for: another one of that name knows nothing of it. */
  private @Nullable String uid;

  Reporter(Cluster cluster, ScheduledExecutorService thread, InstantSource uptime) {
    this.cluster = cluster;
    this.thread = thread;
    this.uptime = uptime;
  }

  /**
   * Tells the cluster that something happened; once in a while if it happens again and again, and
   * never twice if the API server does not take it.
   */
  synchronized void event(String reason, String message) {
    var now = uptime.instant();
    told.values().removeIf(when -> Duration.between(when, now).compareTo(SAME_EVENT) >= 0);
    if (told.size() < MOST_EVENTS && told.putIfAbsent(reason + message, now) == null) {
      thread.execute(() -> tell(reason, message));
    }
  }

  private void tell(String reason, String message) {
    try {
      cluster.event(reason, message);
    } catch (ClusterException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}", e.getMessage());
    }
  }

  /** What was last to be reported, or what the API server showed before that. */
  synchronized @Nullable HostFirewallNodeStateStatus last() {
    var state = cluster.nodeState();
    var seen = state.map(NodeState::uid).orElse(null);
    if (!Objects.equals(seen, uid)) {
      uid = seen;
      wanted = null;
    }
    return wanted != null ? wanted : state.map(NodeState::status).orElse(null);
  }

  /** Whether the kernel's state was told to this generation, not only that the agent waits. */
  boolean hasAnswered(@Nullable Long generation) {
    var last = last();
    return last != null
        && Objects.equals(last.observedGeneration(), generation)
        && last.state() != NodePhase.PENDING
        && last.state() != NodePhase.FAILED;
  }

  /** Reports a status unless it is the last one. */
  synchronized void report(HostFirewallNodeStateStatus status) {
    if (!status.equals(last())) {
      wanted = status;
      thread.execute(() -> write(status, 1));
    }
  }

  private void write(HostFirewallNodeStateStatus status, long pauseSeconds) {
    if (!isWanted(status)) {
      return;
    }
    try {
      cluster.report(status);
    } catch (ClusterException e) {
      LOG.log(System.Logger.Level.WARNING, "{0}", e.getMessage());
      var _ =
          thread.schedule(
              () -> write(status, Math.min(LONGEST_PAUSE_SECONDS, pauseSeconds * 2)),
              pauseSeconds,
              TimeUnit.SECONDS);
    }
  }

  private synchronized boolean isWanted(HostFirewallNodeStateStatus status) {
    return status.equals(wanted);
  }
}
