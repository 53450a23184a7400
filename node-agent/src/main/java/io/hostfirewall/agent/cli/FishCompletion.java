package io.hostfirewall.agent.cli;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What fish needs to know of a program to complete its command lines. */
final class FishCompletion {

  /** Labels of parameters that are files. */
  private static final Set<String> OF_FILES = Set.of("PATH", "FILE", "FOLDER");

  private final String program;
  private final StringBuilder text = new StringBuilder();

  private FishCompletion(String program) {
    this.program = program;
  }

  static String of(CommandSpec program) {
    var fish = new FishCompletion(program.name());
    program.subcommands().values().stream()
        .map(command -> command.getCommandSpec())
        .filter(command -> !command.usageMessage().hidden())
        .forEach(fish::command);
    return fish.text.toString();
  }

  private void command(CommandSpec command) {
    line("-f", "-n __fish_use_subcommand", "-a " + command.name(), described(command));
    command.options().stream()
        .filter(option -> !option.hidden())
        .forEach(option -> option(command, option));
    var seen = seen(command);
    command.positionalParameters().stream()
        .flatMap(parameter -> candidates(parameter.completionCandidates()))
        .forEach(word -> line("-f", seen, "-a " + word));
  }

  private void option(CommandSpec command, OptionSpec option) {
    var names =
        Stream.of(option.names())
            .map(name -> name.startsWith("--") ? "-l " + name.substring(2) : "-s " + name.charAt(1))
            .collect(Collectors.joining(" "));
    line(seen(command), names, parameter(option), described(option.description()));
    if (option.negatable()) {
      line(seen(command), "-l no-" + option.longestName().substring(2));
    }
  }

  /** Whether an option has a parameter, and what it may be. */
  private static String parameter(OptionSpec option) {
    if (option.arity().max() == 0) {
      return "";
    }
    var words = candidates(option.completionCandidates()).collect(Collectors.joining(" "));
    if (!words.isEmpty()) {
      return "-x -a " + quoted(words);
    }
    return OF_FILES.contains(option.paramLabel()) ? "-r -F" : "-x";
  }

  private static Stream<String> candidates(@Nullable Iterable<String> words) {
    return words == null ? Stream.of() : StreamSupport.stream(words.spliterator(), false);
  }

  private static String seen(CommandSpec command) {
    return "-n " + quoted("__fish_seen_subcommand_from " + command.name());
  }

  private static String described(CommandSpec command) {
    return described(command.usageMessage().description());
  }

  /** What stands before the first stop is enough for a line. */
  private static String described(String... description) {
    var text =
        description.length == 0
            ? ""
            : description[0]
                .replaceFirst(" \\(default: .*", "")
                .replaceFirst("[.:;] .*", "")
                .replaceFirst("\\.$", "");
    return text.isEmpty() ? "" : "-d " + quoted(text);
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  private void line(String... parts) {
    text.append("complete -c ").append(program);
    Stream.of(parts).filter(part -> !part.isEmpty()).forEach(p -> text.append(' ').append(p));
    text.append('\n');
  }
}
