package io.hostfirewall.ruleset.model;

import java.util.Locale;
import java.util.regex.Pattern;

/** Where a rule came from. It stands in the kernel as the rule's comment. */
public sealed interface Origin {

  /** A rule of a policy. */
  record PolicyRule(String policy, String rule) implements Origin {}

  /** A field of a policy that is no rule, such as {@code protections.newNotSyn}. */
  record PolicyField(String policy, String field) implements Origin {}

  /** A field that no policy set. */
  record Default(String field) implements Origin {}

  /**
   * What a rule would have done if every policy were enforced. It only counts.
   *
   * @param origin of the rule that would have done it
   */
  record Audited(Would would, Origin origin) implements Origin {}

  /** What a rule would have done, in the word of policies. */
  enum Would {
    ACCEPT("Accept"),
    DENY("Deny"),
    REJECT("Reject");

    private final String word;

    Would(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }

  /** What every node has, whatever the policies say. */
  record BuiltIn(String what) implements Origin {}

  /** The revision that the rules behind a dispatcher were made from. */
  record Revision(String name) implements Origin {}

  /** A comment that is not ours. */
  record Foreign(String comment) implements Origin {}

  /** No comment. */
  record None() implements Origin {}

  Pattern RULE = Pattern.compile("([a-z0-9.-]+)/([a-z0-9-]+)");
  Pattern FIELD = Pattern.compile("([a-z0-9.-]+)#([a-zA-Z.]+)");
  Pattern AUDITED = Pattern.compile("\\(audit (Accept|Deny|Reject)\\) (.+)");
  String DEFAULT = "(default) ";
  String BUILT_IN = "(built-in) ";
  String REVISION = "(revision) ";

  /** The comment of a rule; empty for none. */
  default String comment() {
    return switch (this) {
      case PolicyRule(var policy, var rule) -> policy + "/" + rule;
      case PolicyField(var policy, var field) -> policy + "#" + field;
      case Audited(var would, var origin) -> "(audit " + would.word() + ") " + origin.comment();
      case Default(var field) -> DEFAULT + field;
      case BuiltIn(var what) -> BUILT_IN + what;
      case Revision(var name) -> REVISION + name;
      case Foreign(var comment) -> comment;
      case None() -> "";
    };
  }

  /** Reads a comment. */
  static Origin parse(String comment) {
    if (comment.isEmpty()) {
      return new None();
    }
    if (comment.startsWith(DEFAULT)) {
      return new Default(comment.substring(DEFAULT.length()));
    }
    if (comment.startsWith(BUILT_IN)) {
      return new BuiltIn(comment.substring(BUILT_IN.length()));
    }
    if (comment.startsWith(REVISION)) {
      return new Revision(comment.substring(REVISION.length()));
    }
    var audited = AUDITED.matcher(comment);
    if (audited.matches()) {
      var would = Would.valueOf(audited.group(1).toUpperCase(Locale.ROOT));
      return new Audited(would, parse(audited.group(2)));
    }
    var rule = RULE.matcher(comment);
    if (rule.matches()) {
      return new PolicyRule(rule.group(1), rule.group(2));
    }
    var field = FIELD.matcher(comment);
    return field.matches() ? new PolicyField(field.group(1), field.group(2)) : new Foreign(comment);
  }
}
