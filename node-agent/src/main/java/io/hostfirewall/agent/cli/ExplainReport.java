package io.hostfirewall.agent.cli;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.hostfirewall.ruleset.explain.Explanation;
import io.hostfirewall.ruleset.explain.Explanation.Met;
import io.hostfirewall.ruleset.model.Origin;
import java.util.List;

/**
 * What becomes of a packet.
 *
 * @param packet as it was written
 * @param remarks on the host's other rules, a sentence each
 */
record ExplainReport(String packet, @JsonUnwrapped Explanation explanation, List<String> remarks) {

  private static final String ONLY_TAKES_AWAY =
      "Whatever is accepted here is still judged by the host's other rules.";

  String text() {
    var text = new StringBuilder(packet).append("\n");
    var chain = "";
    for (var met : explanation.rules()) {
      if (!chain.equals(met.chain())) {
        chain = met.chain();
        text.append("  %s %s%n".formatted(met.table(), chain));
      }
      text.append("  %4d  %s%n".formatted(met.number(), met.text()));
      if (!met.field().isEmpty()) {
        text.append("        %s%n".formatted(source(met)));
      }
    }
    text.append(verdict()).append('\n');
    explanation.assumed().forEach(a -> text.append("Assumed: ").append(a).append(".\n"));
    remarks.forEach(remark -> text.append("Note: ").append(PlainText.line(remark)).append(".\n"));
    return text.append(ONLY_TAKES_AWAY).toString();
  }

  private static String source(Met met) {
    return met.policy().isEmpty()
        ? met.field() + ", which no policy sets"
        : "policy %s, %s".formatted(met.policy(), met.field());
  }

  private static String reason(Met met) {
    if (!met.field().isEmpty()) {
      return source(met);
    }
    return switch (Origin.parse(met.origin())) {
      case Origin.None _, Origin.Foreign _ ->
          "rule %d of chain %s, which is not ours".formatted(met.number(), met.chain());
      case Origin ours -> ours.comment();
    };
  }

  private String verdict() {
    var decidedBy = explanation.decidedBy();
    var by = decidedBy == null ? "no rule of ours is about it" : reason(decidedBy);
    return switch (explanation.verdict()) {
      case ACCEPT -> "Accepted: " + by + ".";
      case DENY -> "Denied, silently: " + by + ".";
      case REJECT -> "Rejected with " + explanation.answer() + ": " + by + ".";
      case UNKNOWN -> "Nobody can tell: a rule that is not ours was met.";
    };
  }
}
