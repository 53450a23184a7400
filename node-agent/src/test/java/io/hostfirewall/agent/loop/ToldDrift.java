package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.drift.DriftWatch;
import io.hostfirewall.ruleset.model.IpSet;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Tells of a change when the test does. */
final class ToldDrift implements DriftWatch {
  volatile Runnable wake = () -> {};
  volatile String bypassed = "";
  final List<Boolean> checks = new CopyOnWriteArrayList<>();

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
  public void lookAfter() {}

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
