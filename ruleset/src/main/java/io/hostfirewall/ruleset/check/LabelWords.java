package io.hostfirewall.ruleset.check;

import java.util.Optional;
import java.util.regex.Pattern;

/** Kubernetes' rules for labels: 63 characters, before a name a domain and a slash. */
public final class LabelWords {

  private static final Pattern VALUE =
      Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9])?");

  private static final Pattern NAME =
      Pattern.compile("([a-z0-9][-a-z0-9.]{0,252}/)?([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]");

  private LabelWords() {}

  /** What is wrong with the name of a label, in a sentence without its stop. */
  public static Optional<String> mistakeInName(String name) {
    return NAME.matcher(name).matches()
        ? Optional.empty()
        : Optional.of(
            "\"%s\" is no name of a label. Write one such as node-role.kubernetes.io/worker"
                .formatted(name));
  }

  /** What is wrong with the value of a label, in a sentence without its stop. */
  public static Optional<String> mistakeInValue(String value) {
    return VALUE.matcher(value).matches()
        ? Optional.empty()
        : Optional.of(
            "\"%s\" is no value of a label: at most 63 letters, digits, -, _ and . with a letter or digit first and last"
                .formatted(value));
  }
}
