package io.hostfirewall.agent.policyfile;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Says in words of people what the parser says in those of YAML's grammar. */
final class YamlMistake {

  /** Tabs, and the wider spaces that web pages and text processors write. */
  private static final Pattern NO_INDENT =
      Pattern.compile(" *([\\t\\u00a0\\u2000-\\u200b\\u3000])");

  private record Translation(Pattern theirs, String ours) {

    private Translation(String theirs, String ours) {
      this(Pattern.compile(theirs, Pattern.DOTALL), ours);
    }
  }

  private static final List<Translation> TRANSLATIONS =
      List.of(
          new Translation(
              "mapping values are not allowed here",
              "no colon can stand here. Check the indentation and that each colon has a space behind"
                  + " it, or put the text in quotes"),
          new Translation(
              "sequence entries are not allowed here",
              "no dash can stand here. Write it into a line of its own"),
          new Translation(
              "could not find expected ':'",
              "a colon is missing in the line before. Write one, and a space behind it"),
          new Translation(
              "expected <block end>, but found '[}\\]]'", "this bracket closes nothing. Delete it"),
          new Translation(
              "expected <block end>, but found '<scalar>'",
              "no text can stand here. Check the indentation, and the quotes of the text before"),
          new Translation(
              "expected <block end>.*",
              "this does not fit the indentation of the lines above. Indent it as its neighbours"),
          new Translation(
              "expected ',' or .*", "a comma or the closing bracket is missing before this"),
          new Translation(
              "expected the node content, but found ':'",
              "no text begins with a colon here. Put it in quotes"),
          new Translation(
              "expected the node content, but found '[}\\]]'",
              "this bracket closes nothing. Delete it"),
          new Translation("expected the node content.*", "a value is missing before this"),
          new Translation(
              "found undefined alias (.*)",
              "nothing further up is named &$1. Write it before what is meant, or write that again"),
          new Translation(
              "found character '(.)' that cannot start any token.*",
              "no text begins with $1. Put it in quotes"),
          new Translation(
              "found unknown escape character.*",
              "a backslash in double quotes begins an escape. Write single quotes"),
          new Translation(
              "(?:Nesting Depth|nesting depth).*", "lists and fields are nested too deeply"),
          new Translation(
              "Number of aliases .*",
              "more than 50 lists and fields are named by *. Write some of them out"));

  private YamlMistake() {}

  /** With its place: of what is open at the end of the file, where it was opened. */
  static FileProblem in(String file, String text, MarkedYAMLException e) {
    var mark = isUnclosed(e) ? e.getContextMark() : e.getProblemMark();
    if (mark == null) {
      return new FileProblem(file, 0, "", "is not YAML: " + sentence(e));
    }
    var line = e.getProblemMark().getLine();
    return indentation(file, text, line)
        .or(() -> indentation(file, text, line - 1))
        .orElseGet(
            () ->
                problem(
                    file,
                    mark.getLine(),
                    mark.getColumn(),
                    isUnclosed(e) ? unclosed(e) : translated(e.getProblem())));
  }

  /** What is open at the end of the file, or in a later line where a comma should be. */
  private static boolean isUnclosed(MarkedYAMLException e) {
    var opened = e.getContextMark();
    return opened != null
        && (e.getProblem().matches(".*(end of stream|<stream end>).*")
            || (e.getProblem().startsWith("expected ',' or")
                && opened.getLine() < e.getProblemMark().getLine()));
  }

  private static Optional<FileProblem> indentation(String file, String text, int line) {
    var indent = NO_INDENT.matcher(text.lines().skip(Math.max(0, line)).findFirst().orElse(""));
    if (!indent.lookingAt()) {
      return Optional.empty();
    }
    var what = indent.group(1).equals("\t") ? "a tab" : "a space of another kind";
    return Optional.of(
        problem(
            file,
            line,
            indent.end() - 1,
            what + " indents this line. Write plain spaces instead."));
  }

  static String sentence(YAMLException e) {
    return translated(String.valueOf(e.getMessage()));
  }

  private static FileProblem problem(String file, int line, int column, String sentence) {
    return new FileProblem(file, line + 1, column + 1, "", "is not YAML: " + sentence);
  }

  private static String unclosed(MarkedYAMLException e) {
    var open = String.valueOf(e.getContext());
    if (open.contains("quoted")) {
      return "this quote is not closed. Write it behind the text, too.";
    }
    return open.contains("flow node")
        ? "a bracket before this is not closed. Write the closing one."
        : "this bracket is not closed. Write the closing one.";
  }

  private static String translated(String theirs) {
    return TRANSLATIONS.stream()
            .filter(translation -> translation.theirs().matcher(theirs).matches())
            .map(
                translation ->
                    translation.theirs().matcher(theirs).replaceFirst(translation.ours()))
            .findFirst()
            .orElse(theirs)
        + ".";
  }
}
