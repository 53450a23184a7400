package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.policyfile.FileProblem;
import io.hostfirewall.ruleset.lint.Finding.Kind;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What has no effect in files of policies. */
record LintReport(List<Ineffective> findings) {

  /** Something that has none, and where it stands. */
  record Ineffective(Kind kind, FileProblem problem) {}

  LintReport {
    findings = List.copyOf(findings);
  }

  List<FileProblem> problems() {
    return findings.stream().map(Ineffective::problem).toList();
  }

  /** A line for each, and one that sums up. */
  String text() {
    var text = new StringBuilder();
    findings.forEach(finding -> text.append(finding.problem()).append('\n'));
    return text.append(sum()).append('\n').toString();
  }

  private String sum() {
    if (findings.isEmpty()) {
      return "every rule, part of a rule, limit and setting has an effect";
    }
    var counts =
        Stream.of(
                count("rule", "rules", Kind.SHADOWED, Kind.ABOUT_NOBODY),
                count(
                    "part of a rule",
                    "parts of rules",
                    Kind.PARTLY_SHADOWED,
                    Kind.PART_ABOUT_NOBODY),
                count("limit", "limits", Kind.LIMIT_WITHOUT_EFFECT),
                count("setting", "settings", Kind.OVERRULED))
            .flatMap(Optional::stream)
            .toList();
    var last = counts.size() - 1;
    var all = String.join(", ", counts.subList(0, last)) + (last > 0 ? " and " : "");
    return all + counts.get(last) + (findings.size() == 1 ? " has" : " have") + " no effect";
  }

  private Optional<String> count(String one, String several, Kind... kinds) {
    var of = List.of(kinds);
    var count = findings.stream().filter(finding -> of.contains(finding.kind())).count();
    return count == 0 ? Optional.empty() : Optional.of(count + " " + (count == 1 ? one : several));
  }
}
