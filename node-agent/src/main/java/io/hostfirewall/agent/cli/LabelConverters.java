package io.hostfirewall.agent.cli;

import io.hostfirewall.ruleset.check.LabelWords;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Read both sides of a label. */
final class LabelConverters {

  private LabelConverters() {}

  /** That before the sign. */
  static final class Name implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      return unless(LabelWords.mistakeInName(text), text);
    }
  }

  /** That behind it. */
  static final class Value implements ITypeConverter<String> {
    @Override
    public String convert(String text) {
      return unless(LabelWords.mistakeInValue(text), text);
    }
  }

  private static String unless(Optional<String> mistake, String text) {
    if (mistake.isPresent()) {
      throw new TypeConversionException(mistake.get());
    }
    return text;
  }
}
