package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.importing.Finding.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects what is found in one file; what is found twice is said once. */
final class Notes {

  private final String file;
  private final Set<Finding> findings = new LinkedHashSet<>();
  private final Set<Integer> lines = new HashSet<>();
  private boolean silent;
  private @Nullable Hook hook;

  Notes(String file) {
    this.file = file;
  }

  /** Whether something was said about a line. */
  boolean speakOf(int line) {
    return lines.contains(line);
  }

  /** In order of the lines; what is said of the file as a whole comes last. */
  List<Finding> findings() {
    var sorted = new ArrayList<>(findings);
    sorted.sort(
        Comparator.comparingInt(f -> f.place().line() == 0 ? Integer.MAX_VALUE : f.place().line()));
    return sorted;
  }

  boolean isSilent() {
    return silent;
  }

  @Nullable Hook hook() {
    return hook;
  }

  /** From now on it is about packets that are decided there; null for anywhere. */
  void at(@Nullable Hook hook) {
    this.hook = hook;
  }

  /** Says nothing while something is only tried. */
  void silently(Runnable trial) {
    var before = silent;
    silent = true;
    try {
      trial.run();
    } finally {
      silent = before;
    }
  }

  /** Says what a trial would hide, since it is said once only. */
  <T> T aloud(Supplier<T> action) {
    var before = silent;
    silent = false;
    try {
      return action.get();
    } finally {
      silent = before;
    }
  }

  void carriedOver(int line, String sentence) {
    add(new Finding.CarriedOver(at(line), sentence));
  }

  void alreadySo(int line, String sentence) {
    add(new Finding.AlreadySo(at(line), sentence));
  }

  void notCarriedOver(int line, String sentence, @Nullable Packets about) {
    add(new Finding.NotCarriedOver(at(line), sentence, about, hook));
  }

  /** Of a line of which nothing was read. */
  void notRead(int line, int column, String sentence, @Nullable Packets about) {
    add(new Finding.NotCarriedOver(new Place(file, line, column), sentence, about, hook));
  }

  void mistake(int line, int column, String sentence) {
    add(new Finding.Mistake(new Place(file, line, column), sentence));
  }

  private Place at(int line) {
    return new Place(file, line, 0);
  }

  private void add(Finding finding) {
    if (!silent) {
      findings.add(finding);
      if (!(finding instanceof Finding.Mistake)) {
        lines.add(finding.place().line());
      }
    }
  }
}
