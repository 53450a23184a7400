package io.hostfirewall.agent.policyfile;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.check.Spelling;
import io.hostfirewall.ruleset.packet.Here;
import io.hostfirewall.ruleset.packet.PacketParser;
import io.hostfirewall.ruleset.packet.PacketSyntaxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads what is expected of policies: under {@code expect} packets, each with its verdict, and
 * under {@code cluster} of which cluster the node is that they meet.
 */
public final class ExpectationFile {

  static final String LIST = "expect";

  private static final String CLUSTER = "cluster";
  private static final String NODE = "node";
  private static final Shape SHAPE = Shape.of("", Whole.class);

  /** A document. */
  record Whole(
      ClusterReader.@Nullable Cluster cluster,
      @Nullable String node,
      @Nullable List<Entry> expect) {}

  /** One expectation as it stands in the file. */
  record Entry(
      @Nullable String name,
      @Nullable String packet,
      @Nullable Action verdict,
      @Nullable String policy,
      @Nullable String rule,
      @Nullable String node) {}

  /** What is said of all packets of a document: a cluster, and which of its nodes they meet. */
  private record Scene(@Nullable SupposedCluster cluster, @Nullable String node) {}

  private record Where(@Nullable SupposedPlace place, Here here) {}

  private final Document document;
  private final String uplink;
  private final List<Expectation> expectations = new ArrayList<>();

  private ExpectationFile(String file, String uplink) {
    this.document = new Document(file);
    this.uplink = uplink;
  }

  /** What was read. If there are problems, the expectations are not all. */
  public record Read(List<Expectation> expectations, List<FileProblem> problems) {}

  /**
   * Reads files.
   *
   * @param paths YAML files, or folders of them
   * @param uplink by which packets come that do not say it
   */
  public static Read read(List<String> paths, String uplink) {
    var expectations = new ArrayList<Expectation>();
    var problems = new ArrayList<FileProblem>();
    for (var path : paths) {
      for (var file : files(path)) {
        var read = new ExpectationFile(file, uplink);
        read.file();
        expectations.addAll(read.expectations);
        problems.addAll(read.document.problems());
      }
    }
    return new Read(List.copyOf(expectations), List.copyOf(problems));
  }

  private static List<String> files(String path) {
    try {
      var isFolder = !path.isEmpty() && Files.isDirectory(Path.of(path));
      var found = isFolder ? PolicyFiles.filesOf(Path.of(path)) : List.<String>of();
      return found.isEmpty() ? List.of(path) : found;
    } catch (IOException e) {
      return List.of(path);
    }
  }

  private void file() {
    var path = Path.of(document.file());
    try (var content = Files.newInputStream(path)) {
      var text = YamlText.read(document.file(), content);
      text.documents().forEach(this::object);
      text.problem().ifPresent(document.problems()::add);
      if (expectations.isEmpty() && document.problems().isEmpty()) {
        document.problem("", "nothing is expected in it. Write expect: and packets under it.");
      }
    } catch (IOException e) {
      document.problem("", why(path, e));
    }
  }

  private static String why(Path path, IOException cause) {
    if (path.toString().equals("-")) {
      return "only policies are read from standard input. Name a file.";
    }
    return !path.toString().isEmpty() && Files.isDirectory(path) && Files.isReadable(path)
        ? "no YAML file is in this folder."
        : Unreadable.why(path, cause);
  }

  private void object(Node node) {
    if (!(node instanceof MappingNode mapping)) {
      document.problem("", node, "must hold expect: and packets under it.");
      return;
    }
    document.place("", node);
    if (Fields.value(mapping, "kind").isPresent()) {
      document.problem("", node, "is an object of Kubernetes, not expectations. Name it by -f.");
      return;
    }
    var reader = new RecordReader(document);
    var fields = reader.object(mapping, SHAPE);
    var before = document.problems().size();
    var scene = scene(reader, fields);
    if (document.problems().size() > before) {
      return;
    }
    var list = fields.get(LIST);
    if (list instanceof SequenceNode sequence) {
      for (var i = 0; i < sequence.getValue().size(); i++) {
        entry(reader, LIST + "[" + i + "]", sequence.getValue().get(i), scene);
      }
    } else if (list != null) {
      document.problem(LIST, list, "must be a list. Write a dash before each packet.");
    }
  }

  private Scene scene(RecordReader reader, Map<String, Node> fields) {
    var cluster = fields.get(CLUSTER);
    var node = fields.get(NODE);
    if (node != null && cluster == null) {
      document.problem(NODE, node, "is one of a cluster. Write cluster: with this node beside it.");
    }
    return new Scene(
        cluster == null ? null : new ClusterReader(document).read(reader, cluster).orElse(null),
        node == null ? null : (String) reader.read(String.class, node, NODE));
  }

  private void entry(RecordReader reader, String field, Node node, Scene scene) {
    var before = document.problems().size();
    if (!(reader.read(Entry.class, node, field) instanceof Entry entry)
        || document.problems().size() > before) {
      return;
    }
    if (entry.packet() == null) {
      document.problem(field + ".packet", "is required. Write one: tcp 203.0.113.7 > :22.");
    } else if (entry.verdict() == null) {
      document.problem(field + ".verdict", "is required. Write Accept, Deny or Reject.");
    } else if (scene.cluster() == null && entry.node() != null) {
      document.problem(
          field + ".node", "is one of a cluster. Write cluster: with this node above expect.");
    } else {
      place(field, entry, scene)
          .ifPresent(place -> add(field, node, entry, entry.packet(), entry.verdict(), place));
    }
  }

  /** Where a packet is met; empty if that is a problem. */
  private Optional<Where> place(String field, Entry entry, Scene scene) {
    var cluster = scene.cluster();
    if (cluster == null) {
      return Optional.of(new Where(null, Here.unseen(uplink)));
    }
    var name = entry.node() == null ? scene.node() : entry.node();
    if (name == null) {
      document.problem(
          field + ".node", "is required. Write which node of the cluster the packet meets.");
      return Optional.empty();
    }
    var node = cluster.node(name);
    if (node.isEmpty()) {
      var names = cluster.nodes().stream().map(SupposedNode::name).toList();
      document.problem(
          entry.node() == null ? NODE : field + ".node",
          "\"%s\" is none of the cluster's nodes.%s Write one of %s."
              .formatted(name, Spelling.hint(name, names), String.join(", ", names)));
    }
    return node.map(
        found -> {
          var place = new SupposedPlace(cluster, found);
          return new Where(place, place.here(uplink));
        });
  }

  private void add(
      String field, Node node, Entry entry, String packet, Action verdict, Where where) {
    try {
      expectations.add(
          new Expectation(
              document.file(),
              Document.line(node),
              entry.name() == null ? packet : entry.name(),
              packet,
              PacketParser.parse(packet, where.here()),
              verdict,
              entry.policy(),
              entry.rule(),
              where.place()));
    } catch (PacketSyntaxException e) {
      var words = (ScalarNode) Fields.value((MappingNode) node, "packet").orElseThrow();
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
}
