package io.hostfirewall.agent.policyfile;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.packet.Here;
import io.hostfirewall.ruleset.packet.PacketParser;
import io.hostfirewall.ruleset.packet.PacketSyntaxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/** Reads what is expected of policies: under {@code expect} packets, each with its verdict. */
public final class ExpectationFile {

  static final String LIST = "expect";

  private static final Shape SHAPE = new Shape("", new LinkedHashMap<>(Map.of(LIST, Entry.class)));

  /** One expectation as it stands in the file. */
  record Entry(
      @Nullable String name,
      @Nullable String packet,
      @Nullable Action verdict,
      @Nullable String policy,
      @Nullable String rule) {}

  private final Document document;
  private final Here here;
  private final List<Expectation> expectations = new ArrayList<>();

  private ExpectationFile(String file, Here here) {
    this.document = new Document(file);
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
    try (var content = Files.newInputStream(Path.of(document.file()))) {
      var text = YamlText.read(document.file(), content);
      text.documents().forEach(this::object);
      text.problem().ifPresent(document.problems()::add);
      if (expectations.isEmpty() && document.problems().isEmpty()) {
        document.problem("", "nothing is expected in it. Write expect: and packets under it.");
      }
    } catch (IOException e) {
      document.problem("", "cannot be read.");
    }
  }

  private void object(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      document.problem("", node, "must hold expect: and packets under it.");
      return;
    }
    document.place("", node);
    if (mapping.getValue().stream().anyMatch(field -> Fields.name(field).equals("kind"))) {
      document.problem("", node, "is an object of Kubernetes, not expectations. Name it by -f.");
      return;
    }
    var reader = new RecordReader(document);
    var list = reader.object(mapping, SHAPE).get(LIST);
    if (list instanceof SequenceNode sequence) {
      for (var i = 0; i < sequence.getValue().size(); i++) {
        entry(reader, LIST + "[" + i + "]", sequence.getValue().get(i));
      }
    } else if (list != null) {
      document.problem(LIST, list, "must be a list. Write a dash before each packet.");
    }
  }

  private void entry(RecordReader reader, String field, Node node) {
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
