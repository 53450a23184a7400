package io.hostfirewall.agent.loop;

import static org.awaitility.Awaitility.await;

import io.hostfirewall.agent.drift.DriftWatch;
import io.hostfirewall.ruleset.model.IpSet;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** Tells of a change when the test does. */
final class ToldDrift implements DriftWatch {
  volatile Runnable wake = () -> {};
  volatile String bypassed = "";
  final List<Boolean> checks = new CopyOnWriteArrayList<>();
  private final AtomicInteger turns = new AtomicInteger();

  @Override
  public void start(Runnable listener) {
    wake = listener;
  }

  @Override
  public void watchSets(Collection<IpSet> sets) {}

  @Override
  public void checked(boolean asMeant) {
    checks.add(asMeant);
  }

  @Override
  public void lookAfter() {
    turns.incrementAndGet();
  }

  /** Waits until whoever turns has done so from begin to end with what was told before. */
  void awaitTurn() {
    var begun = turns.get();
    await().until(() -> turns.get() >= begun + 3);
  }

  @Override
  public String bypassed() {
    return bypassed;
  }

  @Override
  public String otherBackEnd() {
    return "";
  }

  @Override
  public void close() {}
}
