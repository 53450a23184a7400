package io.hostfirewall.ruleset.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes one list of the rules of both families. Within each the order stays, and that is all that
 * matters: no packet is of both. Rules that are the same in both become one.
 */
final class Families {

  /** Beyond this many comparisons the lists just follow each other. */
  private static final long MOST_PAIRS = 1_000_000;

  private Families() {}

  static List<DraftRule> merged(List<DraftRule> one, List<DraftRule> two) {
    if ((long) one.size() * two.size() > MOST_PAIRS) {
      var all = new ArrayList<>(one);
      all.addAll(two);
      return all;
    }
    var longest = longestCommon(one, two);
    var merged = new ArrayList<DraftRule>();
    var i = 0;
    var j = 0;
    while (i < one.size() || j < two.size()) {
      var both =
          i < one.size() && j < two.size()
              ? one.get(i).withOtherFamily(two.get(j))
              : Optional.<DraftRule>empty();
      if (both.isPresent() && longest[i][j] == longest[i + 1][j + 1] + 1) {
        merged.add(both.get());
        i++;
        j++;
      } else if (j >= two.size() || (i < one.size() && longest[i + 1][j] >= longest[i][j + 1])) {
        merged.add(one.get(i++));
      } else {
        merged.add(two.get(j++));
      }
    }
    return merged;
  }

  /** How many pairs there are from each pair of places on. */
  private static int[][] longestCommon(List<DraftRule> one, List<DraftRule> two) {
    var longest = new int[one.size() + 1][two.size() + 1];
    for (var i = one.size() - 1; i >= 0; i--) {
      for (var j = two.size() - 1; j >= 0; j--) {
        var same = one.get(i).withOtherFamily(two.get(j)).isPresent();
        longest[i][j] =
            same ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
      }
    }
    return longest;
  }
}
