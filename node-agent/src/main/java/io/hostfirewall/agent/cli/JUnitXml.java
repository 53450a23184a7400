package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.cli.VerifyReport.Result;
import io.hostfirewall.agent.policyfile.FileProblem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/** Results in the form that CI systems show: JUnit XML, a suite for each file. */
final class JUnitXml {

  private JUnitXml() {}

  static String of(VerifyReport report) {
    var files =
        report.results().stream()
            .collect(
                Collectors.groupingBy(
                    result -> result.expected().file(), LinkedHashMap::new, Collectors.toList()));
    var lint = report.lint();
    var findings = lint == null ? List.<FileProblem>of() : lint.problems();
    var text = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    text.append(
        "<testsuites name=\"hostfirewall verify\" tests=\"%d\" failures=\"%d\">%n"
            .formatted(
                report.results().size() + (lint == null ? 0 : Math.max(1, findings.size())),
                report.failed() + findings.size()));
    files.forEach((file, results) -> text.append(suite(file, results)));
    if (lint != null) {
      text.append(lint(findings));
    }
    return text.append("</testsuites>\n").toString();
  }

  private static String suite(String file, List<Result> results) {
    var failed = results.stream().filter(result -> !result.isGood()).count();
    return "  <testsuite name=\"%s\" tests=\"%d\" failures=\"%d\">%n%s  </testsuite>%n"
        .formatted(
            escaped(file),
            results.size(),
            failed,
            results.stream().map(JUnitXml::testCase).collect(Collectors.joining()));
  }

  private static String lint(List<FileProblem> findings) {
    var text = new StringBuilder();
    text.append(
        "  <testsuite name=\"lint\" tests=\"%d\" failures=\"%d\">%n"
            .formatted(Math.max(1, findings.size()), findings.size()));
    if (findings.isEmpty()) {
      text.append("    <testcase classname=\"lint\" name=\"everything has an effect\"/>\n");
    }
    for (var finding : findings) {
      text.append(
          "    <testcase classname=\"lint\" name=\"%s\" file=\"%s\" line=\"%d\">%n"
              .formatted(escaped(finding.field()), escaped(finding.file()), finding.line()));
      text.append(
          "      <failure message=\"%s\"/>%n    </testcase>%n"
              .formatted(escaped(finding.message())));
    }
    return text.append("  </testsuite>\n").toString();
  }

  private static String testCase(Result result) {
    var expected = result.expected();
    var head =
        "    <testcase classname=\"%s\" name=\"%s\" file=\"%s\" line=\"%d\""
            .formatted(
                escaped(expected.file()),
                escaped(expected.name()),
                escaped(expected.file()),
                expected.line());
    return result.isGood()
        ? head + "/>\n"
        : "%s>%n      <failure message=\"%s\">%s:%d: %s</failure>%n    </testcase>%n"
            .formatted(
                head,
                escaped(result.failure()),
                escaped(expected.file()),
                expected.line(),
                escaped(expected.packet()));
  }

  /** Characters that XML 1.0 has no way to write become question marks. */
  private static String escaped(String text) {
    var escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\t', '\n', '\r' -> escaped.append("&#").append(c).append(';');
                default -> escaped.appendCodePoint(isOfXml(c) ? c : '?');
              }
            });
    return escaped.toString();
  }

  private static boolean isOfXml(int c) {
    return (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) || c >= 0x10000;
  }
}
