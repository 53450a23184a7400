package io.hostfirewall.ruleset.check;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Guesses what word was meant by one that is misspelt, cut short, or somebody else's. */
public final class Spelling {

  private static final int MOST_EDITS = 2;

  /** Longer words are no slip of a finger; it bounds what a comparison costs. */
  private static final int LONGEST = 64;

  private record Synonym(String word, String meaning) {

    /** Short words are near to too many others. */
    private int mostEdits() {
      return word.length() < 4 ? 0 : 1;
    }
  }

  /** What other firewalls, Kubernetes' network policies and people in a hurry say for our words. */
  private static final List<Synonym> SYNONYMS =
      Stream.of(
              "Accept: allow allowed permit pass",
              "Deny: denied drop dropped block blocked discard",
              "Drop: deny block enabled enforce on yes true",
              "Disabled: off no none false accept",
              "Audit: dryrun dry-run monitor warn log",
              "Second: secs",
              "Minute: mins",
              "Hour: hr hrs",
              "EchoRequest: ping echo",
              "DestinationUnreachable: unreachable",
              "networks: cidr cidrs ipBlock ip ips address addresses subnet subnets",
              "addressSet: ipset set",
              "except: exclude excluding",
              "from: source sources src",
              "to: destination destinations dst",
              "nodeSelector: selector nodes",
              "matchLabels: labels",
              "defaultActions: policy",
              "ingress: input rules",
              "egress: output",
              "forward: forwarding",
              "action: verdict target",
              "verdict: action result expected",
              "ports: dport dports",
              "port: dport",
              "interfaces: device nic",
              "limit: average count",
              "unit: period interval",
              "expect: tests expected")
          .flatMap(Spelling::synonyms)
          .toList();

  private Spelling() {}

  private static Stream<Synonym> synonyms(String line) {
    var colon = line.indexOf(':');
    return Stream.of(line.substring(colon + 2).split(" "))
        .map(word -> new Synonym(word, line.substring(0, colon)));
  }

  /** {@code Did you mean "burst"?}, or nothing if no known word is near. */
  public static String hint(String word, Collection<String> known) {
    return nearest(word, known).map(" Did you mean \"%s\"?"::formatted).orElse("");
  }

  /** The known word that is meant, if one is near. */
  public static Optional<String> nearest(String word, Collection<String> known) {
    if (word.length() > LONGEST) {
      return Optional.empty();
    }
    return known.stream()
        .filter(candidate -> isNear(word, candidate, mostEdits(word, candidate)))
        .min(Comparator.comparingInt(candidate -> edits(word, candidate)))
        .or(() -> meaning(word, known))
        .or(() -> beginning(word, known));
  }

  /** Most words differ by their length alone, which costs nothing to see. */
  private static boolean isNear(String word, String other, int mostEdits) {
    return Math.abs(word.length() - other.length()) <= mostEdits && edits(word, other) <= mostEdits;
  }

  private static int mostEdits(String word, String candidate) {
    return Math.min(MOST_EDITS, Math.min(word.length(), candidate.length()) / 2);
  }

  private static Optional<String> meaning(String word, Collection<String> known) {
    return SYNONYMS.stream()
        .filter(synonym -> known.contains(synonym.meaning()))
        .filter(synonym -> isNear(word, synonym.word(), synonym.mostEdits()))
        .min(Comparator.comparingInt(synonym -> edits(word, synonym.word())))
        .map(Synonym::meaning);
  }

  /** The only known word that begins so. */
  private static Optional<String> beginning(String word, Collection<String> known) {
    var begun =
        known.stream()
            .filter(candidate -> candidate.regionMatches(true, 0, word, 0, word.length()))
            .toList();
    return word.isEmpty() || begun.size() != 1 ? Optional.empty() : Optional.of(begun.getFirst());
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
