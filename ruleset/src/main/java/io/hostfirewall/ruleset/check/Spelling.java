package io.hostfirewall.ruleset.check;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses what a misspelt word was meant to be. */
public final class Spelling {

  private static final int MOST_EDITS = 2;

  /** Longer words are no slip of a finger; it bounds what a comparison costs. */
  private static final int LONGEST = 64;

  private Spelling() {}

  /** {@code Did you mean "burst"?}, or nothing if no known word is near. */
  public static String hint(String word, Collection<String> known) {
    return nearest(word, known).map(" Did you mean \"%s\"?"::formatted).orElse("");
  }

  private static Optional<String> nearest(String word, Collection<String> known) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    return known.stream()
        .filter(candidate -> edits(word, candidate) <= Math.min(MOST_EDITS, word.length() / 2))
        .min(Comparator.comparingInt(candidate -> edits(word, candidate)));
  }

  /** Letters to insert, delete, replace or swap with their neighbour, whatever their case. */
  private static int edits(String from, String to) {
    var a = from.toLowerCase(Locale.ROOT);
    var b = to.toLowerCase(Locale.ROOT);
    var cost = new int[a.length() + 1][b.length() + 1];
    for (var i = 0; i <= a.length(); i++) {
      for (var j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        var same = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + same);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[a.length()][b.length()];
  }
}
