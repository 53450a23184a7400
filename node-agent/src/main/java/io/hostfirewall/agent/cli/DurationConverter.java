package io.hostfirewall.agent.cli;

import io.hostfirewall.ruleset.trial.TrialSets;
import java.time.Duration;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads {@code 30s} or {@code 2m}. */
final class DurationConverter implements ITypeConverter<Duration> {

  private static final Pattern TEXT = Pattern.compile("(\\d{1,5})([sm])");

  @Override
  public Duration convert(String text) {
    var parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new TypeConversionException("\"" + text + "\" is no time such as 30s or 2m");
    }
    var number = Long.parseLong(parts.group(1));
    var time = parts.group(2).equals("s") ? Duration.ofSeconds(number) : Duration.ofMinutes(number);
    if (time.toSeconds() < TrialSets.SHORTEST_SECONDS) {
      throw new TypeConversionException(
          "a trial takes at least " + TrialSets.SHORTEST_SECONDS + " s");
    }
    return time;
  }
}
