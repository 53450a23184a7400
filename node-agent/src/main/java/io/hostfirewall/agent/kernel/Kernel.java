package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.parse.SetParser;
import io.hostfirewall.ruleset.render.SetText;
import io.hostfirewall.ruleset.trial.KernelState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * The part of a node's kernel that we read and write. What concerns both families is done for both
 * at once: each waits for the kernel, and the waits do not add up.
 */
public final class Kernel {

  private static final System.Logger LOG = System.getLogger(Kernel.class.getName());

  private static final int DESTROY_ATTEMPTS = 25;
  private static final Duration DESTROY_PAUSE = Duration.ofMillis(20);

  private final Xtables xtables;
  private final IpSets ipSets;
  private final Supplier<List<Family>> present;
  private final List<Family> families;

  /** Whether a table may sleep: to ask needs a program more, so that it is asked for a reason. */
  private volatile boolean mayBeAsleep = true;

  /**
   * @param families those that the node has
   */
  public Kernel(Xtables xtables, IpSets ipSets, List<Family> families) {
    this(xtables, ipSets, () -> families);
  }

  /**
   * @param present those that the node has at the moment; the present ones stay those of this
   *     object
   */
  public Kernel(Xtables xtables, IpSets ipSets, Supplier<List<Family>> present) {
    this.xtables = xtables;
    this.ipSets = ipSets;
    this.present = present;
    this.families = List.copyOf(present.get());
  }

  public Backend backend() {
    return xtables.backend();
  }

  public List<Family> families() {
    return families;
  }

  /** Whether the node has other families by now: this object knows nothing of them. */
  public boolean hasOtherFamilies() {
    return !families.equals(present.get());
  }

  /** Reads everything that is ours. */
  public Observed observe() throws KernelException {
    var sets = started(ipSets::save);
    var asleep = started(this::asleep);
    return observed(save(xtables::save, families), sets, asleep);
  }

  /** Reads our rules. */
  public Map<Family, KernelState> observeRules() throws KernelException {
    return rules(save(xtables::save, families), started(Map::of));
  }

  /** Somebody changed a table as a whole: the next look asks whether it sleeps. */
  public void tableChanged() {
    mayBeAsleep = true;
  }

  /** Tables that sleep, if there is reason to ask. */
  Map<Family, Set<String>> asleep() {
    if (!mayBeAsleep) {
      return Map.of();
    }
    mayBeAsleep = false; // until something happens to a table, be it while this one asks
    try {
      var asleep = xtables.asleep();
      if (!asleep.isEmpty()) {
        mayBeAsleep = true;
      }
      return asleep;
    } catch (KernelException e) {
      // Asked again by the next look that believes no watch.
      LOG.log(System.Logger.Level.DEBUG, "nobody tells which tables sleep: {0}", e.getMessage());
      return Map.of();
    }
  }

  /**
   * Wakes the tables in which rules of ours stand. What others have in them is met again, too: it
   * was when ours came.
   */
  public void wake(Observed now) throws KernelException {
    for (var state : now.rules().values()) {
      for (var table : state.oursAsleep()) {
        xtables.wake(state.family(), table);
      }
    }
  }

  /** Reads the rules of one family. */
  interface Reading {
    String save(Family family) throws KernelException;
  }

  static Map<Family, FutureTask<String>> save(Reading reading, List<Family> families) {
    var saved = new EnumMap<Family, FutureTask<String>>(Family.class);
    families.forEach(family -> saved.put(family, started(() -> reading.save(family))));
    return saved;
  }

  static Observed observed(
      Map<Family, FutureTask<String>> rules,
      FutureTask<String> sets,
      FutureTask<Map<Family, Set<String>>> asleep)
      throws KernelException {
    return new Observed(rules(rules, asleep), SetParser.parse(result(sets)));
  }

  private static Map<Family, KernelState> rules(
      Map<Family, FutureTask<String>> saved, FutureTask<Map<Family, Set<String>>> asleep)
      throws KernelException {
    var states = new EnumMap<Family, KernelState>(Family.class);
    for (var reading : saved.entrySet()) {
      var family = reading.getKey();
      states.put(
          family,
          read(family, result(reading.getValue()))
              .withAsleep(result(asleep).getOrDefault(family, Set.of())));
    }
    return states;
  }

  private static KernelState read(Family family, String saved) throws KernelException {
    try {
      return KernelState.read(family, saved);
    } catch (IllegalArgumentException e) {
      throw new KernelException("cannot read the rules in force: " + e.getMessage(), e);
    }
  }

  /**
   * Carries out one text for each family.
   *
   * @throws KernelException if one was refused; the others were carried out nevertheless
   */
  public void restoreRules(Map<Family, String> texts) throws KernelException {
    var writings =
        texts.entrySet().stream()
            .filter(text -> !text.getValue().isEmpty())
            .map(text -> started(() -> write(text.getKey(), text.getValue())))
            .toList();
    KernelException refused = null;
    for (var writing : writings) {
      try {
        result(writing);
      } catch (KernelException e) {
        refused = e;
      }
    }
    if (refused != null) {
      throw refused;
    }
  }

  private Family write(Family family, String text) throws KernelException {
    xtables.restore(family, text);
    return family;
  }

  /** Carries out a text on the sets, line by line, up to the first that is refused. */
  public void restoreSets(String text) throws KernelException {
    if (!text.isEmpty()) {
      ipSets.restore(text);
    }
  }

  /**
   * Takes sets away. The kernel lets go of a set a moment after the last rule that names it, so one
   * that is in use is tried again for a while.
   *
   * @throws KernelException if one is still in use
   */
  public void destroySets(List<String> names) throws KernelException {
    var left = new ArrayList<>(names);
    for (var attempt = 1; !left.isEmpty(); attempt++) {
      KernelException refused = null;
      for (var name : List.copyOf(left)) {
        try {
          ipSets.restore(SetText.destroy(List.of(name)));
          left.remove(name);
        } catch (KernelException e) {
          refused = e;
        }
      }
      if (refused != null && attempt == DESTROY_ATTEMPTS) {
        throw refused;
      }
      if (refused != null) {
        pause();
      }
    }
  }

  private static void pause() throws KernelException {
    try {
      Thread.sleep(DESTROY_PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KernelException("interrupted while the kernel was at work", e);
    }
  }

  static <T> FutureTask<T> started(Callable<T> work) {
    var task = new FutureTask<>(work);
    Thread.startVirtualThread(task);
    return task;
  }

  /**
   * Waits for work on the kernel that was begun on another thread.
   *
   * @throws KernelException if the work ended so, or the waiting was interrupted
   */
  public static <T> T result(FutureTask<T> task) throws KernelException {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof KernelException refused) {
        throw refused;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KernelException("interrupted while the kernel was at work", e);
    }
  }
}
