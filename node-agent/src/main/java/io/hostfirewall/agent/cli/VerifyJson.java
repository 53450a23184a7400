package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.cli.LintReport.Ineffective;
import io.hostfirewall.agent.cli.VerifyReport.Result;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code verify -o json} prints.
 *
 * @param passed whether everything is as expected, and nothing that was looked for was found
 * @param failed how many expectations are not met
 * @param lint what has no effect; null if nobody asked
 */
record VerifyJson(
    boolean passed, long failed, List<Packet> expectations, @Nullable List<Finding> lint) {

  /**
   * An expectation, and what was found.
   *
   * @param verdict the one that was found, and who decided
   * @param failure what is different, in a sentence; empty if nothing is
   */
  record Packet(
      String file,
      int line,
      String name,
      String packet,
      boolean passed,
      String verdict,
      String policy,
      String rule,
      String field,
      String failure) {

    private static Packet of(Result result) {
      var expected = result.expected();
      var by = result.found().decidedBy();
      return new Packet(
          expected.file(),
          expected.line(),
          expected.name(),
          expected.packet(),
          result.isGood(),
          result.found().verdict().toString(),
          by == null ? "" : by.policy(),
          by == null ? "" : by.rule(),
          by == null ? "" : by.field(),
          result.failure());
    }
  }

  /** Something without effect, and where it stands. */
  record Finding(String kind, String file, int line, int column, String field, String message) {

    private static Finding of(Ineffective found) {
      var at = found.problem();
      return new Finding(
          found.kind().word(), at.file(), at.line(), at.column(), at.field(), at.message());
    }
  }

  static VerifyJson of(VerifyReport report) {
    var lint = report.lint();
    return new VerifyJson(
        report.isGood(),
        report.failed(),
        report.results().stream().map(Packet::of).toList(),
        lint == null ? null : lint.findings().stream().map(Finding::of).toList());
  }
}
