package io.hostfirewall.agent.policyfile;

import io.hostfirewall.ruleset.check.Spelling;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** Reads an object of Kubernetes: what it is, its name, and its spec. */
final class ObjectReader {

  /** RFC 1123 labels with dots between; the API server's rule for names, and our bound of 63. */
  private static final String NAME = "[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?";

  /** Kubernetes' ObjectMeta; nothing but the name matters to us. */
  static final List<String> METADATA =
      List.of(
          "name",
          "labels",
          "annotations",
          "namespace",
          "finalizers",
          "ownerReferences",
          "generateName",
          "creationTimestamp",
          "deletionTimestamp",
          "deletionGracePeriodSeconds",
          "generation",
          "managedFields",
          "resourceVersion",
          "selfLink",
          "uid");

  /** Written by operator and agents. */
  private static final List<String> NOT_WRITTEN =
      List.of("HostFirewallRevision", "HostFirewallNodeState");

  private final Document document;
  private final RecordReader reader;

  ObjectReader(Document document) {
    this.document = document;
    this.reader = new RecordReader(document);
  }

  /**
   * An object.
   *
   * @param name empty if it has none
   * @param spec null if there is none, or if it is wrong
   */
  record Read(Kind kind, String name, @Nullable Object spec) {}

  /** Empty for what is no object of ours; its problems say why. */
  Optional<Read> read(Node node) {
    document.place("", node);
    if (!(node instanceof MappingNode mapping)) {
      document.problem("", node, "is no Kubernetes object: those begin with apiVersion and kind.");
      return Optional.empty();
    }
    var word = text(Fields.value(mapping, "kind").orElse(null));
    var kind = Kind.of(word);
    if (word.isEmpty() && Fields.value(mapping, ExpectationFile.LIST).isPresent()) {
      document.problem("", node, "holds expectations for verify. Name the file without -f.");
      return Optional.empty();
    }
    if (word.equals("List")) {
      document.problem(
          "", node, "is a List. Write its items as documents of their own, with --- between.");
      return Optional.empty();
    }
    var fields = reader.object(mapping, shape(kind));
    fields.forEach(document::place);
    var isOurs = says(fields, "apiVersion", List.of(Kind.API_VERSION));
    if (!says(fields, "kind", Kind.words()) || !isOurs || kind.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(read(kind.get(), fields));
  }

  private Read read(Kind kind, Map<String, Node> fields) {
    var name = name(fields.get("metadata"));
    var spec = fields.get("spec");
    if (spec == null) {
      document.problem("spec", "is required. Write what the %s says.".formatted(kind.inWords()));
      return new Read(kind, name, null);
    }
    return new Read(kind, name, reader.read(kind.spec(), spec, "spec"));
  }

  private static Shape shape(Optional<Kind> kind) {
    var fields = new LinkedHashMap<String, Type>();
    List.of("apiVersion", "kind", "metadata").forEach(name -> fields.put(name, Object.class));
    fields.put("spec", kind.<Type>map(Kind::spec).orElse(Object.class));
    fields.put("status", Object.class);
    return new Shape("", fields);
  }

  private static String text(@Nullable Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  private boolean says(Map<String, Node> fields, String field, List<String> wanted) {
    var said = text(fields.get(field));
    if (said.isEmpty()) {
      document.problem(field, "is required. Write %s.".formatted(String.join(" or ", wanted)));
    } else if (NOT_WRITTEN.contains(said)) {
      document.problem(
          field, "\"%s\" is written by the operator alone. Leave it out.".formatted(said));
    } else if (!wanted.contains(said)) {
      document.problem(
          field,
          "\"%s\" is not %s.%s"
              .formatted(said, String.join(" or ", wanted), Spelling.hint(said, wanted)));
    }
    return wanted.contains(said);
  }

  private String name(@Nullable Node metadata) {
    if (!(metadata instanceof MappingNode mapping)) {
      var where = metadata == null ? "metadata.name" : "metadata";
      document.problem(where, "is required. Write metadata: {name: NAME}.");
      return "";
    }
    var known = new LinkedHashMap<String, Type>();
    METADATA.forEach(name -> known.put(name, Object.class));
    var fields = reader.fields(mapping, new Shape("metadata", known));
    for (var texts : List.of("labels", "annotations")) {
      var node = fields.get(texts);
      if (node != null) {
        reader.texts(node, "metadata." + texts);
      }
    }
    var node = fields.get("name");
    if (node == null) {
      document.problem("metadata.name", "is required. Write a name such as web-server.");
      return "";
    }
    return reader.read(String.class, node, "metadata.name") instanceof String name
        ? checked(name)
        : "";
  }

  private String checked(String name) {
    if (!name.matches(NAME)) {
      var nearest = name.toLowerCase(Locale.ROOT).replaceAll("[ _]", "-");
      document.problem(
          "metadata.name",
          "\"%s\" is no name: 1 to 63 lower case letters, digits, dashes and dots, a letter or digit first and last.%s"
              .formatted(name, nearest.matches(NAME) ? " Write \"" + nearest + "\"." : ""));
    }
    return name;
  }
}
