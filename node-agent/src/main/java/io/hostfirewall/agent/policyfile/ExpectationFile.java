package io.hostfirewall.agent.policyfile;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.packet.Here;
import io.hostfirewall.ruleset.packet.PacketParser;
import io.hostfirewall.ruleset.packet.PacketSyntaxException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads what is expected of policies: under {@code expect} packets, each with its verdict. */
public final class ExpectationFile {

  private static final String LIST = "expect";

  /** One expectation as it stands in the file. */
  private record Entry(
      @Nullable String name,
      @Nullable String packet,
      @Nullable Action verdict,
      @Nullable String policy,
      @Nullable String rule) {}

  private final Document document;
  private final RecordReader reader;
  private final Here here;
  private final List<Expectation> expectations = new ArrayList<>();

  private ExpectationFile(String file, Here here) {
    this.document = new Document(file);
    this.reader = new RecordReader(document);
    this.here = here;
  }

  /** What was read. If there are problems, the expectations are not all. */
  public record Read(List<Expectation> expectations, List<FileProblem> problems) {}

  /**
   * Reads files.
   *
   * @param paths YAML files, or folders of them
   * @param here stands for what packets leave out
   */
  public static Read read(List<String> paths, Here here) {
    var expectations = new ArrayList<Expectation>();
    var problems = new ArrayList<FileProblem>();
    for (var path : paths) {
      for (var file : files(path)) {
        var read = new ExpectationFile(file, here);
        read.file();
        expectations.addAll(read.expectations);
        problems.addAll(read.document.problems());
      }
    }
    return new Read(List.copyOf(expectations), List.copyOf(problems));
  }

  private static List<String> files(String path) {
    if (Files.isDirectory(Path.of(path))) {
      try (var files = Files.list(Path.of(path))) {
        var found = files.filter(PolicyFiles::isYaml).map(Path::toString).sorted().toList();
        return found.isEmpty() ? List.of(path) : found;
      } catch (IOException e) {
        return List.of(path);
      }
    }
    return List.of(path);
  }

  private void file() {
    try {
      var file = Path.of(document.file());
      if (Files.size(file) >= PolicyFiles.MAX_BYTES) {
        document.problem("", "is longer than %d MiB.".formatted(PolicyFiles.MAX_BYTES >> 20));
      } else {
        text(Files.readString(file));
      }
    } catch (IOException e) {
      document.problem("", "cannot be read.");
    }
  }

  private void text(String text) {
    try {
      for (var node : new Yaml(new LoaderOptions()).composeAll(new StringReader(text))) {
        object(node);
      }
      if (expectations.isEmpty() && document.problems().isEmpty()) {
        document.problem("", "nothing is expected in it. Write expect: and packets under it.");
      }
    } catch (MarkedYAMLException e) {
      var mark = e.getProblemMark();
      document
          .problems()
          .add(
              new FileProblem(
                  document.file(),
                  mark == null ? 0 : mark.getLine() + 1,
                  mark == null ? 0 : mark.getColumn() + 1,
                  "",
                  "is not YAML: " + e.getProblem() + "."));
    } catch (YAMLException e) {
      document.problem("", "is not YAML.");
    }
  }

  private void object(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      document.problem("", node, "must hold expect: and packets under it.");
      return;
    }
    document.place("", node);
    var list = reader.fields(mapping, "", List.of(LIST)).get(LIST);
    if (list instanceof SequenceNode sequence) {
      for (var i = 0; i < sequence.getValue().size(); i++) {
        entry(LIST + "[" + i + "]", sequence.getValue().get(i));
      }
    } else if (list != null) {
      document.problem(LIST, list, "must be a list. Write a dash before each packet.");
    }
  }

  private void entry(String field, Node node) {
    var before = document.problems().size();
    if (!(reader.read(Entry.class, node, field) instanceof Entry entry)
        || document.problems().size() > before) {
      return;
    }
    if (entry.packet() == null) {
      document.problem(field + ".packet", "is required. Write one: tcp 203.0.113.7 > :22.");
    } else if (entry.verdict() == null) {
      document.problem(field + ".verdict", "is required. Write Accept, Deny or Reject.");
    } else {
      add(field, node, entry, entry.packet(), entry.verdict());
    }
  }

  private void add(String field, Node node, Entry entry, String packet, Action verdict) {
    try {
      expectations.add(
          new Expectation(
              document.file(),
              Document.line(node),
              entry.name() == null ? packet : entry.name(),
              packet,
              PacketParser.parse(packet, here),
              verdict,
              entry.policy(),
              entry.rule()));
    } catch (PacketSyntaxException e) {
      var words = value((MappingNode) node, "packet");
      var isOneLine =
          words.getScalarStyle() != ScalarStyle.FOLDED
              && words.getScalarStyle() != ScalarStyle.LITERAL
              && words.getStartMark().getLine() == words.getEndMark().getLine();
      var first = Document.column(words) + (words.getScalarStyle() == ScalarStyle.PLAIN ? 0 : 1);
      document
          .problems()
          .add(
              new FileProblem(
                  document.file(),
                  Document.line(words),
                  isOneLine ? first + e.column() - 1 : Document.column(words),
                  field + ".packet",
                  e.problem()));
    }
  }

  private static ScalarNode value(MappingNode mapping, String key) {
    return mapping.getValue().stream()
        .map(tuple -> Map.entry(tuple.getKeyNode(), tuple.getValueNode()))
        .filter(pair -> pair.getKey() instanceof ScalarNode name && name.getValue().equals(key))
        .map(pair -> (ScalarNode) pair.getValue())
        .findFirst()
        .orElseThrow();
  }
}
