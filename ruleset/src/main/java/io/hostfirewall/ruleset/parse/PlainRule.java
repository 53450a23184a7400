package io.hostfirewall.ruleset.parse;

import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.render.RuleText;
import java.util.Set;

/**
 * A rule of whoever wrote it, without what people write into rules as they like.
 *
 * @param matches the words before the target, a space behind each
 * @param target the chain or the extension that it leads to; empty if it has none
 * @param isGoto whether nothing comes back from there
 */
public record PlainRule(String matches, String target, boolean isGoto) {

  /** Before what may say anything, be it the words of a rule. */
  private static final Set<String> BEFORE_FREE_TEXT =
      Set.of("--comment", "--string", "--hex-string");

  /** Reads a rule. */
  public static PlainRule of(Rule rule) {
    var words = new Words(RuleText.of(rule));
    var matches = new StringBuilder();
    while (!words.isEmpty()) {
      var isGoto = "-g".equals(words.peek());
      if (words.takes("-j") || words.takes("-g")) {
        return new PlainRule(matches.toString(), words.take(), isGoto);
      }
      var word = words.take();
      matches.append(word).append(' ');
      if (BEFORE_FREE_TEXT.contains(word)) {
        words.take();
      }
    }
    return new PlainRule(matches.toString(), "", false);
  }
}
