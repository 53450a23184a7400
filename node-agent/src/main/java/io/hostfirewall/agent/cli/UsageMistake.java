package io.hostfirewall.agent.cli;

import io.hostfirewall.ruleset.check.Spelling;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in a sentence that names the word and says what to write. */
final class UsageMistake {

  /** A letter is near to every other one. */
  private static final int SHORTEST_HINT = 3;

  private UsageMistake() {}

  static String sentence(ParameterException mistake) {
    return switch (mistake) {
      case UnmatchedArgumentException unmatched -> unmatched(unmatched);
      case MissingParameterException missing -> missing(missing);
      case OverwrittenOptionException twice ->
          "%s stands twice. Write it once.".formatted(name(twice.getOverwritten()));
      default -> value(mistake);
    };
  }

  private static String unmatched(UnmatchedArgumentException mistake) {
    var word = mistake.getUnmatched().getFirst();
    var command = mistake.getCommandLine().getCommandSpec();
    var known = mistake.isUnknownOption() ? command.optionsMap() : command.subcommands();
    var name = word.split("=", 2)[0];
    return "\"%s\" is no %s of %s.%s"
        .formatted(
            word,
            mistake.isUnknownOption() ? "option" : "command or argument",
            command.qualifiedName(),
            name.length() < SHORTEST_HINT ? "" : Spelling.hint(name, known.keySet()));
  }

  private static String missing(MissingParameterException mistake) {
    // Of a group picocli names all, and not only what must be there.
    var all = mistake.getMissing().stream().filter(ArgSpec::required).toList();
    var isWithoutValue = String.valueOf(mistake.getMessage()).contains("parameter for option");
    var first = mistake.getMissing().getFirst();
    return isWithoutValue
        ? "%s stands without its %s.".formatted(name(first), first.paramLabel())
        : "%s %s missing."
            .formatted(
                all.stream().map(UsageMistake::withValue).collect(Collectors.joining(" and ")),
                all.size() == 1 ? "is" : "are");
  }

  private static String withValue(ArgSpec argument) {
    return argument.isOption()
        ? name(argument) + " " + argument.paramLabel()
        : argument.paramLabel();
  }

  private static String value(ParameterException mistake) {
    var argument = mistake.getArgSpec();
    if (argument == null) {
      return commands(mistake.getCommandLine());
    }
    var words = words(argument);
    if (!words.isEmpty()) {
      return "%s: \"%s\" is none of %s.%s"
          .formatted(
              name(argument),
              mistake.getValue(),
              String.join(", ", words),
              Spelling.hint(mistake.getValue(), words));
    }
    return "%s: %s."
        .formatted(
            name(argument),
            mistake.getCause() instanceof TypeConversionException unusable
                    && !(argument.type() == int.class)
                ? unusable.getMessage()
                : "\"%s\" is no whole number".formatted(mistake.getValue()));
  }

  /** The words that an argument may be; none if there are others. */
  private static List<String> words(ArgSpec argument) {
    var candidates = argument.completionCandidates();
    return candidates == null
        ? List.of()
        : StreamSupport.stream(candidates.spliterator(), false).toList();
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }

  private static String commands(CommandLine program) {
    return "no command was named. Write one of %s."
        .formatted(String.join(", ", program.getSubcommands().keySet()));
  }
}
