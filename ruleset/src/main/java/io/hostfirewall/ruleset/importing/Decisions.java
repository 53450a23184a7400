package io.hostfirewall.ruleset.importing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A list of decisions that grows; one that an earlier one covers is left out. */
final class Decisions {

  private static final int MOST_RULES = 2_048;
  private static final int MOST = 10_000;

  private record Log(Packets packets, int perMinute, int line) {}

  private final Notes notes;
  private final List<Decision> decisions = new ArrayList<>();
  private final Set<Integer> alive = new HashSet<>();
  private final Map<Integer, Integer> coveredBy = new HashMap<>();

  /** How many are left when those are one that differ in their sources only. */
  private int rules;

  private @Nullable Log log;

  Decisions(Notes notes) {
    this.notes = notes;
  }

  /** Whether a policy could not say them, or it would take too long to compare them. */
  boolean areTooMany() {
    return rules > MOST_RULES || decisions.size() > MOST;
  }

  /** Adds a decision, and says whether there are packets left for it. */
  boolean add(Decision decision) {
    for (var earlier : decisions) {
      if (earlier.packets().covers(decision.packets())) {
        coveredBy.putIfAbsent(decision.line(), earlier.line());
        return false;
      }
    }
    alive.add(decision.line());
    var added = logged(decision);
    if (decisions.isEmpty() || !decisions.getLast().differsInSources(added)) {
      rules++;
    }
    decisions.add(added);
    return true;
  }

  /** What is within a limit, or beyond it, is decided by lines that the limit's decision covers. */
  void haveTheirPart(List<Decision> ofLimit) {
    ofLimit.forEach(decision -> alive.add(decision.line()));
  }

  /** The next decision is logged, if it is about these packets and no others. */
  void log(Packets packets, int perMinute, int line) {
    forgetLog();
    log = new Log(packets, perMinute, line);
  }

  private Decision logged(Decision decision) {
    var due = log;
    if (due == null
        || !due.packets().covers(decision.packets())
        || !decision.packets().covers(due.packets())) {
      forgetLog();
      return decision;
    }
    log = null;
    notes.carriedOver(due.line(), "logging, at most %d a minute.".formatted(due.perMinute()));
    return decision.logging(due.perMinute());
  }

  private void forgetLog() {
    if (log != null) {
      notes.notCarriedOver(
          log.line(),
          "a policy logs what one of its rules decides, or what none does; this line logs other"
              + " packets. Write logging at the rules that decide them.",
          null);
      log = null;
    }
  }

  List<Decision> finish() {
    forgetLog();
    coveredBy.forEach(
        (line, by) -> {
          if (line > 0 && !alive.contains(line)) {
            notes.mistake(line, 0, dead(by));
            notes.alreadySo(line, "it decides nothing, in the file as in the policy.");
          }
        });
    return List.copyOf(decisions);
  }

  private static String dead(int by) {
    return by == 0
        ? "this rule decides nothing: the policy of a chain has decided all of its packets."
        : "this rule decides nothing: line %d decides all of its packets before.".formatted(by);
  }
}
