package io.hostfirewall.agent.transaction;

import io.hostfirewall.ruleset.trial.Difference;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** How a transaction ended. */
public sealed interface Outcome {

  /** The kernel held what was wanted. */
  record Unchanged() implements Outcome {}

  /**
   * What was wanted is in force, and was read back.
   *
   * @param enforcedAfter how long it took until packets met the new rules
   * @param first whether there was nothing of ours before
   */
  record Applied(Duration enforcedAfter, boolean first) implements Outcome {}

  /**
   * What was in force stands again; somebody had changed it.
   *
   * @param differences what was different, at least one
   */
  record Healed(List<Difference> differences) implements Outcome {
    public Healed {
      differences = List.copyOf(differences);
    }

    /** One sentence on what was different. */
    public String sentence() {
      var more = differences.size() - 1;
      return differences.getFirst() + (more == 0 ? "" : ", and " + more + " more");
    }
  }

  /**
   * What was in force stands, but somebody lets packets by before it is reached, and did so again
   * so soon that his rule is left there for a while.
   */
  record Contested(String sentence) implements Outcome {}

  /** Why new rules were not confirmed. */
  enum Why {
    /** What stood in the kernel was not what was meant. */
    READ_BACK,
    /** Who is connected now could not connect again. */
    WOULD_LOCK_OUT,
    /** A place that this host must reach does not answer. */
    PROBE_FAILED,
    /** The person at the terminal did not say yes. */
    NOT_CONFIRMED,
    /** The time ran out first. */
    DEADLINE,
    /** The kernel refused to go on. */
    APPLY_ERROR;

    /** The word by which conditions name it. */
    public String reason() {
      return Stream.of(name().split("_"))
          .map(word -> word.charAt(0) + word.substring(1).toLowerCase(Locale.ROOT))
          .collect(Collectors.joining());
    }

    /** The word by which metrics name it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The old rules decide again. */
  record RolledBack(Why why, String reason) implements Outcome {}

  /** The kernel refused before anything was in force; nothing changed. */
  record Refused(String reason) implements Outcome {}
}
