package io.hostfirewall.agent.cli;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.diff.RuleSetDiff;
import io.hostfirewall.ruleset.diff.SetDiff;
import io.hostfirewall.ruleset.diff.Side;
import io.hostfirewall.ruleset.diff.Summary;
import io.hostfirewall.ruleset.explain.SetWords;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What policies would change.
 *
 * @param differs whether rules or sets do, or the way of packets to them
 * @param summary for new connections of strangers, a sentence each
 * @param remarks on the host, a sentence each
 */
record DiffReport(
    String before,
    String after,
    boolean differs,
    List<String> summary,
    List<RuleSetDiff> families,
    List<String> remarks) {

  /**
   * @param old rules by family, and {@code now} those of the same families
   * @param policies what they were made from, as far as it is known
   */
  static DiffReport of(
      String before,
      List<Side> old,
      String after,
      List<Side> now,
      Collection<RevisionPolicy> policies,
      List<String> remarks) {
    var families =
        IntStream.range(0, now.size())
            .mapToObj(i -> RuleSetDiff.of(old.get(i), now.get(i), policies))
            .toList();
    return new DiffReport(
        before,
        after,
        families.stream().anyMatch(family -> !family.isEmpty()),
        Summary.of(old, now, policies),
        families,
        List.copyOf(remarks));
  }

  /** The same where somebody changed what leads packets to the rules. */
  DiffReport misled() {
    return new DiffReport(before, after, true, summary, families, remarks);
  }

  private boolean hasRules() {
    return families.stream().anyMatch(family -> !family.isEmpty());
  }

  String text() {
    var text = new StringBuilder();
    if (hasRules()) {
      text.append("--- %s%n+++ %s%n".formatted(before, after));
      families.forEach(family -> text.append(text(family)));
      text.append("%nFor new connections of strangers this%n".formatted());
      summary.forEach(sentence -> text.append("  ").append(sentence).append('\n'));
      if (summary.isEmpty()) {
        text.append("  changes nothing.\n");
      }
    } else if (differs) {
      text.append("The rules are the same, but somebody changed how packets come to them.\n");
    } else {
      text.append("Nothing would change.\n");
    }
    remarks.forEach(remark -> text.append("Note: ").append(PlainText.line(remark)).append(".\n"));
    return text.toString().stripTrailing();
  }

  private static String text(RuleSetDiff family) {
    var text = new StringBuilder();
    for (var chain : family.chains()) {
      text.append("@@ %s %s HFW-%s @@%n".formatted(family.family(), chain.table(), chain.name()));
      for (var rule : chain.rules()) {
        text.append("%s%4d  %s%n".formatted(rule.change(), rule.number(), rule.text()));
      }
    }
    family.sets().forEach(set -> text.append(text(family, set)));
    return text.toString();
  }

  private static String text(RuleSetDiff family, SetDiff set) {
    return "@@ %s set %s: %s @@%n".formatted(family.family(), set.name(), set.called())
        + (set.gone().isEmpty() ? "" : "-      %s%n".formatted(SetWords.shown(set.gone())))
        + (set.come().isEmpty() ? "" : "+      %s%n".formatted(SetWords.shown(set.come())));
  }
}
