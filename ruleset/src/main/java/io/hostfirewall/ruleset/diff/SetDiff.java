package io.hostfirewall.ruleset.diff;

import io.hostfirewall.ruleset.explain.SetWords;
import io.hostfirewall.ruleset.model.IpSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What changes in a set that stays.
 *
 * @param name in the kernel
 * @param called what people call it
 */
public record SetDiff(String name, String called, List<String> gone, List<String> come) {

  public SetDiff {
    gone = List.copyOf(gone);
    come = List.copyOf(come);
  }

  /** Compares the sets of one list with those of the same name in another. */
  static List<SetDiff> between(List<IpSet> before, List<IpSet> after, SetWords words) {
    return after.stream()
        .flatMap(
            now ->
                before.stream()
                    .filter(then -> then.name().equals(now.name()))
                    .flatMap(then -> between(then, now, words).stream()))
        .toList();
  }

  private static Optional<SetDiff> between(IpSet then, IpSet now, SetWords words) {
    var gone = new ArrayList<String>();
    var come = new ArrayList<String>();
    then.compare(now, gone::add, come::add);
    return gone.isEmpty() && come.isEmpty()
        ? Optional.empty()
        : Optional.of(new SetDiff(now.name(), words.of(now.name()), gone, come));
  }

  /** The same in sentences. */
  List<String> sentences() {
    var sentences = new ArrayList<String>();
    if (!come.isEmpty()) {
      sentences.add("adds %s to %s".formatted(SetWords.shown(come), called));
    }
    if (!gone.isEmpty()) {
      sentences.add("takes %s out of %s".formatted(SetWords.shown(gone), called));
    }
    return sentences;
  }
}
