package io.hostfirewall.operator.node;

import io.hostfirewall.operator.rollout.Fleet;
import io.hostfirewall.operator.rollout.Member;
import io.hostfirewall.operator.rollout.Rollout;
import io.hostfirewall.operator.rollout.Step;
import io.hostfirewall.operator.rollout.Target;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Lets nodes go on in the order of the {@link Rollout}, though several are looked at at once and
 * the caches are a moment behind what was written. What it remembers is only how long was waited
 * for whom: an operator that starts waits anew.
 */
final class RolloutGate {

  /** Bounds memory; there are never so many rollouts at a time. */
  private static final int REMEMBERED = 256;

  /** Whoever asks again when the time is over finds it over. */
  private static final Duration MARGIN = Duration.ofMillis(50);

  /** Somebody is waited for because of a revision. */
  private record Awaited(String node, String revision) {}

  private final Duration patience;
  private final InstantSource clock;

  /** What nodes are being told, until the caches show it. */
  private final Map<String, String> telling = new HashMap<>();

  /** Nodes that wait, and for whom. */
  private final Map<String, Awaited> waiting = new HashMap<>();

  private final SequencedMap<Awaited, Instant> since = new LinkedHashMap<>();

  /**
   * @param patience how long a node is waited for that does not answer
   */
  RolloutGate(Duration patience, InstantSource clock) {
    this.patience = patience;
    this.clock = clock;
  }

  /**
   * What a node may do that shall run another revision than it was told. If it may go on, it is
   * taken for told until {@link #failed} says otherwise.
   *
   * @param caches looked at under a lock: who is told to wait is also told when to ask again
   */
  synchronized Step ask(String node, Target target, Supplier<Fleet> caches) {
    var fleet = caches.get();
    telling
        .entrySet()
        .removeIf(
            entry -> {
              var state = fleet.states().get(entry.getKey());
              return state != null && entry.getValue().equals(state.getSpec().revision());
            });
    // Who asks is there, however long others have waited for it while it waited itself.
    since.remove(new Awaited(node, target.revision()));
    var members = fleet.members().stream().map(m -> asKnown(m, target)).toList();
    var me = members.stream().filter(member -> member.name().equals(node)).findFirst();
    if (me.isEmpty()) {
      return new Step.Wait(node);
    }
    var step = new Rollout(members, fleet.contents()).step(me.get(), target, fleet::wanted);
    switch (step) {
      case Step.Go _ -> {
        waiting.remove(node);
        telling.put(node, target.revision());
      }
      case Step.Wait(var other) -> await(node, new Awaited(other, target.revision()));
      case Step.Stopped(var by) -> waiting.put(node, new Awaited(by.name(), target.revision()));
    }
    return step;
  }

  private Member asKnown(Member member, Target target) {
    var told = member.told(telling.getOrDefault(member.name(), member.told()));
    return isOverdue(new Awaited(member.name(), target.revision())) ? told.notAnswering() : told;
  }

  private boolean isOverdue(Awaited awaited) {
    var began = since.get(awaited);
    return began != null && !clock.instant().isBefore(began.plus(patience));
  }

  private void await(String node, Awaited awaited) {
    waiting.put(node, awaited);
    since.putIfAbsent(awaited, clock.instant());
    while (since.size() > REMEMBERED) {
      since.pollFirstEntry();
    }
  }

  /** When a node that waits shall ask again though nothing was heard. */
  synchronized Duration left(String node) {
    var awaited = waiting.get(node);
    var began = awaited == null ? null : since.get(awaited);
    var left = began == null ? patience : Duration.between(clock.instant(), began.plus(patience));
    return left.isPositive() ? left.plus(MARGIN) : patience;
  }

  /** A node could not be told. */
  synchronized void failed(String node) {
    telling.remove(node);
  }

  /** Who asks again when something is heard of a node. */
  synchronized Set<String> waitingFor(String node) {
    return waiting.entrySet().stream()
        .filter(entry -> entry.getValue().node().equals(node))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** A node waits no more. */
  synchronized void goesOn(String node) {
    waiting.remove(node);
  }
}
