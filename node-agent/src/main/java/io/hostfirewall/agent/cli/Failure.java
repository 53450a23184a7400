package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.policyfile.FileProblem;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.List;
import java.util.stream.Collectors;

/** Ends a command with a sentence on standard error. */
final class Failure extends RuntimeException {

  private static final long serialVersionUID = 1;

  private static final String PROGRAM = "hostfirewall: ";

  private final int exitCode;

  Failure(int exitCode, String sentence) {
    this(sentence, exitCode, PROGRAM);
  }

  private Failure(String text, int exitCode, String prefix) {
    super(prefix + text);
    this.exitCode = exitCode;
  }

  static Failure invalid(String sentence) {
    return new Failure(ExitCode.INVALID, sentence);
  }

  /** Problems of files, a line each; each begins with its file. */
  static Failure inFiles(String problems) {
    return new Failure(problems, ExitCode.INVALID, "");
  }

  /** Ends the command if files have problems. */
  static void unlessEmpty(List<FileProblem> problems) {
    if (!problems.isEmpty()) {
      throw inFiles(
          problems.stream()
              .map(FileProblem::toString)
              .collect(Collectors.joining(System.lineSeparator())));
    }
  }

  static Failure refused(Exception cause) {
    return new Failure(ExitCode.REFUSED, String.valueOf(cause.getMessage()) + ".");
  }

  /** Reads the networks of an option, or ends the command. */
  static List<Cidr> networks(String option, List<String> texts) {
    try {
      return texts.stream().map(Cidr::parse).toList();
    } catch (IllegalArgumentException e) {
      throw invalid(option + ": " + e.getMessage());
    }
  }

  int exitCode() {
    return exitCode;
  }
}
