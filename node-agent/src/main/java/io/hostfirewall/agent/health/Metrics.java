package io.hostfirewall.agent.health;

import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.ruleset.trial.Difference;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;

/** What the agent counts and measures, as Prometheus reads it. */
public final class Metrics {

  private static final PrometheusTextFormatWriter WRITER = PrometheusTextFormatWriter.create();

  static final String CONTENT_TYPE = WRITER.getContentType();

  private static final String PREFIX = "hostfirewall_agent_";

  /** From an apply on a quiet host to one that waited for the lock of iptables. */
  private static final double[] APPLY_SECONDS = {0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30};

  /** Counters that were read before that are old for who asks for them. */
  private static final Duration FRESH = Duration.ofSeconds(15);

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final PacketCounters packets = new PacketCounters();
  private volatile Runnable look = () -> {};
  private final LongSupplier nanoTime;
  private volatile long looked;

  private final Histogram applyDuration =
      Histogram.builder()
          .name(PREFIX + "apply_duration_seconds")
          .help("How long it took to bring the kernel to a rule set, by result.")
          .labelNames("result")
          .classicOnly()
          .classicUpperBounds(APPLY_SECONDS)
          .register(registry);

  private final Counter applies =
      Counter.builder()
          .name(PREFIX + "applies_total")
          .help("Rule sets that the kernel was to be brought to, by result.")
          .labelNames("result")
          .register(registry);

  private final Gauge lastSuccess =
      Gauge.builder()
          .name(PREFIX + "last_successful_apply_timestamp_seconds")
          .help("When what shall be enforced was last read back from the kernel, as it should be.")
          .register(registry);

  private final Info desired =
      Info.builder()
          .name(PREFIX + "desired_revision")
          .help("The revision that this node shall enforce; empty for nothing.")
          .labelNames("revision")
          .register(registry);

  private final Info applied =
      Info.builder()
          .name(PREFIX + "applied_revision")
          .help("The revision that was read back from the kernel; empty for nothing.")
          .labelNames("revision")
          .register(registry);

  private final Counter repairs =
      Counter.builder()
          .name(PREFIX + "drift_repairs_total")
          .help("What others changed in our rules and sets, and the agent put back, by kind.")
          .labelNames("kind")
          .register(registry);

  private final Counter rollbacks =
      Counter.builder()
          .name(PREFIX + "rollbacks_total")
          .help("Rule sets that were not confirmed, by reason.")
          .labelNames("reason")
          .register(registry);

  private final Counter apiServerFailures =
      Counter.builder()
          .name(PREFIX + "api_server_failures_total")
          .help("Questions that the API server did not answer, or with an error or nonsense.")
          .register(registry);

  public Metrics(String version, String backend) {
    this(version, backend, System::nanoTime);
  }

  Metrics(String version, String backend, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.looked = nanoTime.getAsLong();
    Info.builder()
        .name(PREFIX + "build")
        .help("The agent's version and the back end that it writes to.")
        .labelNames("version", "backend")
        .register(registry)
        .setLabelValues(version, backend);
    registry.register(packets);
    for (var result : new String[] {"success", "failure", "noop"}) {
      applies.initLabelValues(result);
    }
    for (var kind : Difference.Kind.values()) {
      repairs.initLabelValues(kind.word());
    }
    for (var why : Outcome.Why.values()) {
      rollbacks.initLabelValues(why.word());
    }
  }

  /** What the operator wants now. */
  public void desired(String revision) {
    desired.setLabelValues(revision);
  }

  /** The API server did not answer as it should. */
  public void apiServerFailed() {
    apiServerFailures.inc();
  }

  /** What was read back. */
  public void applied(String revision, Instant now) {
    applied.setLabelValues(revision);
    lastSuccess.set((double) now.getEpochSecond());
  }

  /** The agent brought the kernel to another rule set, or tried to. */
  public void changed(Outcome outcome, Duration took) {
    var result =
        switch (outcome) {
          case Outcome.Unchanged _ -> "noop";
          case Outcome.Applied _, Outcome.Healed _ -> "success";
          case Outcome.RolledBack _, Outcome.Refused _, Outcome.Contested _ -> "failure";
        };
    applies.labelValues(result).inc();
    applyDuration.labelValues(result).observe((double) took.toMillis() / 1000);
    if (outcome instanceof Outcome.RolledBack(var why, _)) {
      rollbacks.labelValues(why.word()).inc();
    }
  }

  /** The agent put back what somebody had changed. */
  public void repaired(Outcome.Healed healed) {
    healed.differences().stream()
        .map(Difference::kind)
        .distinct()
        .forEach(kind -> repairs.labelValues(kind.word()).inc());
  }

  /** The kernel's counters as they stand now. */
  public void seen(Observed now) {
    looked = nanoTime.getAsLong();
    packets.seen(now);
  }

  /**
   * Has counters of more than 15 s ago read anew whenever somebody asks for them. He is not kept
   * waiting: who asks again and again is told what was met until he asked before.
   *
   * @param look called on the thread of who asks; begins to read the kernel's counters
   */
  public void refreshWith(Runnable look) {
    this.look = look;
  }

  String text() throws IOException {
    if (nanoTime.getAsLong() - looked > FRESH.toNanos()) {
      look.run();
    }
    var text = new ByteArrayOutputStream();
    WRITER.write(text, registry.scrape());
    return text.toString(StandardCharsets.UTF_8);
  }
}
