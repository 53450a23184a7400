package io.hostfirewall.agent.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** For whom a command writes: for people, or for scripts. */
final class OutputOptions {

  /** Forms of output. */
  enum Form {
    TEXT,
    JSON;

    /** As it is written on a command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "text|json",
      defaultValue = "text",
      description = "text (the default) or json.")
  private Form form = Form.TEXT;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  boolean isJson() {
    return form == Form.JSON;
  }

  /**
   * Prints a report.
   *
   * @param text the same for people
   */
  <T> void print(T report, Function<T, String> text) {
    var out = spec.commandLine().getOut();
    out.println(isJson() ? json(report) : PlainText.lines(text.apply(report)));
    out.flush();
  }

  /** The same for scripts. */
  static String json(Object value) {
    try {
      return new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records of plain values can always be written", e);
    }
  }
}
