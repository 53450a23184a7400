package io.hostfirewall.agent.cli;

import io.hostfirewall.ruleset.importing.Finding;
import io.hostfirewall.ruleset.importing.Finding.Place;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What an import found, a line for each thing that there is to say. */
final class ImportReport {

  /** What is said, and of what kind of thing; lines about which the same is said share a line. */
  private record Saying(String file, int column, String kind, String sentence) {}

  private final boolean verbose;

  ImportReport(boolean verbose) {
    this.verbose = verbose;
  }

  List<String> lines(List<Finding> findings) {
    var places = new LinkedHashMap<Saying, List<Integer>>();
    for (var finding : findings) {
      if (verbose || isToBeSaid(finding)) {
        var place = finding.place();
        var saying = new Saying(place.file(), place.column(), kind(finding), finding.sentence());
        places.computeIfAbsent(saying, s -> new ArrayList<>()).add(place.line());
      }
    }
    var lines = new ArrayList<String>();
    places.forEach((saying, at) -> lines.add(text(saying, at)));
    lines.add(summary(findings));
    return lines;
  }

  private static boolean isToBeSaid(Finding finding) {
    return finding instanceof Finding.NotCarriedOver || finding instanceof Finding.Mistake;
  }

  static String kind(Finding finding) {
    return switch (finding) {
      case Finding.CarriedOver _ -> "carried over";
      case Finding.AlreadySo _ -> "so anyway";
      case Finding.NotCarriedOver _ -> "not carried over";
      case Finding.Mistake _ -> "mistake";
    };
  }

  private static String text(Saying saying, List<Integer> at) {
    var place = at.size() == 1 ? new Place(saying.file(), at.getFirst(), saying.column()) : null;
    var where = place == null ? saying.file() + ":" + ranges(at) : place.toString();
    return "%s: %s: %s".formatted(where, saying.kind(), saying.sentence());
  }

  /** {@code 3,7-9}. */
  private static String ranges(List<Integer> lines) {
    var ranges = new ArrayList<String>();
    var sorted = lines.stream().distinct().sorted().toList();
    for (var i = 0; i < sorted.size(); ) {
      var j = i;
      while (j + 1 < sorted.size() && sorted.get(j + 1) == sorted.get(j) + 1) {
        j++;
      }
      ranges.add(i == j ? "" + sorted.get(i) : sorted.get(i) + "-" + sorted.get(j));
      i = j + 1;
    }
    return String.join(",", ranges);
  }

  private static String summary(List<Finding> findings) {
    var lines =
        findings.stream()
            .filter(finding -> finding.place().line() > 0)
            .filter(finding -> !(finding instanceof Finding.Mistake))
            .collect(
                Collectors.groupingBy(
                    ImportReport::kind,
                    Collectors.mapping(
                        f -> f.place().file() + ":" + f.place().line(), Collectors.toSet())));
    var mistakes = findings.stream().filter(Finding.Mistake.class::isInstance).count();
    return "Lines carried over: %d; so anyway: %d; not carried over, at least in part: %d. Mistakes: %d."
        .formatted(
            lines.getOrDefault("carried over", Set.of()).size(),
            lines.getOrDefault("so anyway", Set.of()).size(),
            lines.getOrDefault("not carried over", Set.of()).size(),
            mistakes);
  }
}
