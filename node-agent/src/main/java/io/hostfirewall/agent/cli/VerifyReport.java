package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.policyfile.Expectation;
import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.explain.Explanation;
import io.hostfirewall.ruleset.explain.Explanation.Word;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether packets meet what is expected of policies.
 *
 * @param lint what has no effect; null if nobody asked
 */
record VerifyReport(List<Result> results, @Nullable LintReport lint) {

  /**
   * Of one packet.
   *
   * @param failure what is different, in a sentence; empty if nothing is
   */
  record Result(Expectation expected, Explanation found, String failure) {

    static Result of(Expectation expected, Explanation found) {
      return new Result(expected, found, failure(expected, found));
    }

    boolean isGood() {
      return failure.isEmpty();
    }

    private static String failure(Expectation expected, Explanation found) {
      var by = found.decidedBy();
      var isVerdict = found.verdict() == word(expected.verdict());
      var isPolicy =
          expected.policy() == null || (by != null && by.policy().equals(expected.policy()));
      var isRule = expected.rule() == null || (by != null && by.rule().equals(expected.rule()));
      return isVerdict && isPolicy && isRule
          ? ""
          : "expected %s, found %s".formatted(meant(expected), found(found));
    }

    private static Word word(Action action) {
      return switch (action) {
        case ACCEPT -> Word.ACCEPT;
        case DENY -> Word.DENY;
        case REJECT -> Word.REJECT;
      };
    }

    private static String meant(Expectation expected) {
      return word(expected.verdict())
          + (expected.rule() == null ? "" : " by rule " + expected.rule())
          + (expected.policy() == null ? "" : " of policy " + expected.policy());
    }

    private static String found(Explanation found) {
      return found.verdict() + " by " + decision(found);
    }
  }

  VerifyReport {
    results = List.copyOf(results);
  }

  boolean isGood() {
    return failed() == 0 && (lint == null || lint.findings().isEmpty());
  }

  long failed() {
    return results.stream().filter(result -> !result.isGood()).count();
  }

  /** What decided a packet. */
  static String decision(Explanation found) {
    var by = found.decidedBy();
    if (by == null) {
      return "no rule of ours";
    }
    if (!by.rule().isEmpty()) {
      return "%s/%s, %s".formatted(by.policy(), by.rule(), by.field());
    }
    return by.field().isEmpty()
        ? by.origin()
        : (by.policy().isEmpty() ? "" : by.policy() + ", ") + by.field();
  }

  String text() {
    var text = new StringBuilder();
    var wide = results.stream().mapToInt(r -> r.expected().name().length()).max().orElse(1);
    var file = "";
    for (var result : results) {
      var expected = result.expected();
      if (!file.equals(expected.file())) {
        file = expected.file();
        text.append(file).append('\n');
      }
      text.append(
          "  %s %4d  %s  %s%n"
              .formatted(
                  result.isGood() ? "ok  " : "FAIL",
                  expected.line(),
                  padded(expected.name(), wide),
                  result.isGood()
                      ? result.found().verdict() + " by " + decision(result.found())
                      : result.failure()));
    }
    if (!results.isEmpty()) {
      text.append(
          "%d expectation%s, %d failed%n"
              .formatted(results.size(), results.size() == 1 ? "" : "s", failed()));
    }
    return text.append(lint == null ? "" : lint.text()).toString();
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(width - text.length());
  }
}
