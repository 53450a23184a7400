package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.policyfile.PolicyText;
import io.hostfirewall.agent.policyfile.Unreadable;
import io.hostfirewall.ruleset.foreign.RulesFile;
import io.hostfirewall.ruleset.foreign.RulesFileReader;
import io.hostfirewall.ruleset.importing.Finding;
import io.hostfirewall.ruleset.importing.Importer;
import io.hostfirewall.ruleset.importing.Importer.Imported;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes policies of rules of iptables. */
@Command(
    name = "import",
    description = {
      "Prints rules of iptables as policies. What is not carried over, and every mistake found, goes"
          + " to standard error with its line. Needs no rights, loads nothing.",
      "Exit code 1: something was not carried over."
    },
    mixinStandardHelpOptions = true)
final class ImportCommand implements Callable<Integer> {

  /** Who has none is as open as one who named the wrong file, and must not be taken for that. */
  private static final String REMEDY =
      " Name what iptables-save or ip6tables-save printed (what nft prints is another language), or"
          + " leave the file out.";

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description =
          "What iptables-save printed, rules.v4 or rules.v6, or - for standard input. Give both"
              + " families together: what only one file opens is opened in its family only.")
  private List<String> paths = List.of();

  @Option(
      names = "--name",
      paramLabel = "NAME",
      defaultValue = "imported",
      description = "Name of the policy (default: ${DEFAULT-VALUE}).")
  private String name = "imported";

  @Option(
      names = {"-v", "--verbose"},
      description = "Say of every line what became of it.")
  private boolean verbose;

  @Mixin private OutputOptions output = new OutputOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    if (!name.matches("[a-z0-9]([a-z0-9-]{0,57}[a-z0-9])?")) {
      throw Failure.invalid(
          "--name: \"%s\" is no name: at most 59 of the characters a-z, 0-9 and -."
              .formatted(name));
    }
    if (paths.size() > 2) {
      throw Failure.invalid(
          "one file of each family can be imported at a time, not more than two.");
    }
    if (paths.stream().filter("-"::equals).count() > 1) {
      throw Failure.invalid("standard input can be read once only. Name a file.");
    }
    var files = new ArrayList<RulesFile>();
    paths.forEach(path -> files.add(read(path)));
    var imported = imported(files);
    if (output.isJson()) {
      output.print(ImportJson.of(name, imported), json -> "");
    } else {
      print(imported);
    }
    return isWhole(imported) ? ExitCode.DONE : ExitCode.DIFFERS;
  }

  private void print(Imported imported) {
    var out = spec.commandLine().getOut();
    out.println("# From %s, by hostfirewall import.".formatted(String.join(" and ", paths)));
    out.print(PolicyText.of(name, imported.policies()));
    out.flush();
    var err = spec.commandLine().getErr();
    new ImportReport(verbose)
        .lines(imported.findings()).stream().map(PlainText::line).forEach(err::println);
    err.flush();
  }

  private static boolean isWhole(Imported imported) {
    return imported.findings().stream().noneMatch(Finding.NotCarriedOver.class::isInstance);
  }

  private static Imported imported(List<RulesFile> files) {
    try {
      return Importer.of(files);
    } catch (IllegalArgumentException e) {
      throw Failure.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static RulesFile read(String path) {
    try (var content = path.equals("-") ? System.in : Files.newInputStream(Path.of(path))) {
      var file = RulesFileReader.read(path.equals("-") ? "standard input" : path, text(content));
      var lack = file.lack();
      if (lack.isPresent()) {
        throw Failure.inFiles(file.name() + ": " + lack.get() + REMEDY);
      }
      return file;
    } catch (IOException e) {
      throw Failure.inFiles(
          (path.isEmpty() ? "\"\"" : path) + ": " + Unreadable.why(Path.of(path), e));
    } catch (IllegalArgumentException e) {
      throw Failure.invalid(String.valueOf(e.getMessage()));
    }
  }

  /** Remarks in such files are older than UTF-8, some of them. */
  private static String text(InputStream content) throws IOException {
    var bytes = content.readNBytes(RulesFileReader.MAX_CHARACTERS + 1);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return new String(bytes, StandardCharsets.ISO_8859_1);
    }
  }
}
