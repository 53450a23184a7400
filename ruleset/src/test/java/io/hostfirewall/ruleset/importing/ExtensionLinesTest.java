package io.hostfirewall.ruleset.importing;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.foreign.RulesFile;
import io.hostfirewall.ruleset.foreign.RulesFileReader;
import io.hostfirewall.ruleset.importing.Importer.Imported;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.ProtocolNames;
import io.hostfirewall.ruleset.parse.SaveParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rules that use the extensions of iptables, each in every family and chain that it is for: text of
 * iptables-save comes back as it was, and an import leaves nothing out without a word. With {@code
 * -Dextensions.folder=FOLDER} the files of that folder are tried, too.
 */
class ExtensionLinesTest {

  private static final Path OWN = Path.of("src/test/resources/extensions");

  /** The name of a protocol, of which hosts have several. */
  private static final Pattern PROTOCOL = Pattern.compile("(?<= -p )[a-z]\\S*");

  private static final Pattern LAST_WORD = Pattern.compile("(?m)(?<=^-A .{0,500}) \\S+$");

  private static final Pattern TARGET = Pattern.compile("(?:.* )?(?:-j|-g|--jump|--goto).*");

  static Stream<Path> files() {
    var folder = System.getProperty("extensions.folder", "");
    return Stream.concat(in(OWN), folder.isEmpty() ? Stream.of() : in(Path.of(folder)));
  }

  private static Stream<Path> in(Path folder) {
    try (var files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void text_of_iptables_save_comes_back_as_it_was(Path file) {
    var lines = ExtensionLine.of(file);
    var taken = lines.stream().filter(ExtensionLine::accepted).map(ExtensionLine::printed).toList();
    var renamed = taken.stream().filter(line -> !again(line.saved()).equals(line.saved())).toList();

    assertThat(lines).isNotEmpty();
    assertThat(
            Stream.concat(taken.stream(), lines.stream())
                .filter(line -> !comesBack(line, ExtensionLinesTest::again)))
        .isEmpty();
    say(
        file,
        "%s: %d lines, %d that iptables takes, of these under another name of the protocol: %s"
            .formatted(file.getFileName(), lines.size(), taken.size(), renamed));
  }

  @ParameterizedTest
  @MethodSource("files")
  void an_import_speaks_of_every_line(Path file) {
    var lines = ExtensionLine.of(file).stream().flatMap(ExtensionLinesTest::tried).toList();

    assertThat(lines.stream().filter(line -> !speaks(line, Importer::of))).isEmpty();
    lines.stream()
        .flatMap(ExtensionLinesTest::notCarriedOver)
        .forEach(sentence -> say(file, sentence));
  }

  @ParameterizedTest
  @MethodSource("files")
  void every_spelling_of_a_line_is_imported_alike(Path file) {
    var lines = ExtensionLine.of(file).stream().filter(ExtensionLine::accepted).toList();

    assertThat(lines.stream().flatMap(ExtensionLinesTest::tried).filter(line -> !isAlike(line)))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("files")
  void what_iptables_takes_is_read(Path file) {
    var lines = ExtensionLine.of(file).stream().filter(ExtensionLine::accepted).toList();

    assertThat(
            lines.stream()
                .flatMap(ExtensionLinesTest::tried)
                .filter(line -> !read(line).mistakes().isEmpty()))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("files")
  void what_iptables_refuses_opens_nothing(Path file) {
    var lines = ExtensionLine.of(file).stream().filter(line -> !line.accepted()).toList();

    assertThat(lines.stream().flatMap(ExtensionLinesTest::tried).filter(ExtensionLinesTest::opens))
        .isEmpty();
  }

  @Test
  void what_is_lost_is_seen() {
    var lines = in(OWN).flatMap(file -> ExtensionLine.of(file).stream()).toList();

    assertThat(lines)
        .noneMatch(line -> comesBack(line, text -> again(LAST_WORD.matcher(text).replaceAll(""))))
        .noneMatch(
            line -> speaks(line, files -> new Imported(Importer.of(files).policies(), List.of())));
  }

  @Test
  void what_is_read_otherwise_is_seen() {
    var line =
        new ExtensionLine(
                "here",
                Family.IPV4,
                "filter",
                List.of("INPUT"),
                "-p tcp --dport 22",
                "-p tcp --dport 23",
                true)
            .accepting();

    assertThat(isAlike(line)).isFalse();
    assertThat(isAlike(line.printed())).isTrue();
    assertThat(opens(line)).isTrue();
  }

  private static String again(String text) {
    return SaveParser.text(SaveParser.parse(text));
  }

  /** Whether nothing is changed but the name of a protocol, and nothing at all from then on. */
  private static boolean comesBack(ExtensionLine line, UnaryOperator<String> reader) {
    var text = line.saved();
    var once = reader.apply(text);
    return numbered(once).equals(numbered(text))
        && again(once).equals(once)
        && SaveParser.parse(once).equals(SaveParser.parse(text));
  }

  private static String numbered(String text) {
    return PROTOCOL
        .matcher(text)
        .replaceAll(
            name -> {
              var number = ProtocolNames.number(name.group());
              return number.isPresent() ? Integer.toString(number.getAsInt()) : name.group();
            });
  }

  /** The line itself, and one that accepts what it is about if it does nothing with it. */
  private static Stream<ExtensionLine> tried(ExtensionLine line) {
    return TARGET.matcher(line.options()).matches()
        ? Stream.of(line)
        : Stream.of(line, line.accepting());
  }

  private static boolean speaks(ExtensionLine line, Function<List<RulesFile>, Imported> importer) {
    var file = read(line);
    var imported = importer.apply(List.of(file));
    var spoken =
        imported.findings().stream()
            .filter(finding -> !(finding instanceof Finding.Mistake))
            .filter(finding -> !finding.sentence().isBlank())
            .map(finding -> finding.place().line())
            .collect(Collectors.toSet());
    var rules =
        file.tables().stream()
            .flatMap(table -> table.chains().stream())
            .flatMap(chain -> chain.rules().stream())
            .toList();
    return rules.size() == line.chains().size()
        && file.family() == line.family()
        && rules.stream().allMatch(rule -> spoken.contains(rule.line()))
        && imported.policies().stream().allMatch(policy -> PolicyCheck.check(policy).isEmpty());
  }

  private static Stream<String> notCarriedOver(ExtensionLine line) {
    return Importer.of(List.of(read(line))).findings().stream()
        .filter(Finding.NotCarriedOver.class::isInstance)
        .map(finding -> "%s: %s".formatted(line, finding.sentence()))
        .distinct();
  }

  private static boolean isAlike(ExtensionLine line) {
    return policies(line).equals(policies(line.printed()));
  }

  private static boolean opens(ExtensionLine line) {
    return !policies(line).equals(policies(line.absent()));
  }

  private static List<HostFirewallPolicySpec> policies(ExtensionLine line) {
    return Importer.of(List.of(read(line))).policies();
  }

  private static RulesFile read(ExtensionLine line) {
    var program = line.family() == Family.IPV4 ? "iptables-save" : "ip6tables-save";
    return RulesFileReader.read(
        "rules", "# Generated by %s v1.8.9\n%s".formatted(program, line.saved()));
  }

  /** Of files that are no part of the project there is more to tell than whether they pass. */
  private static void say(Path file, String sentence) {
    if (!file.startsWith(OWN)) {
      System.out.println(sentence);
    }
  }
}
