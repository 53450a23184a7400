package io.hostfirewall.api.crd;

import com.fasterxml.jackson.databind.JsonNode;
import io.hostfirewall.api.crd.SchemaWalk.Place;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Writes the reference: every field with its type, bounds, default, description and example. */
final class Reference {

  static final Path PAGE = Path.of("../docs/reference.md");

  private static final String HEAD =
      """
      # Policy reference

      Every field of the API, with an example of each. `kubectl explain hfp.spec.ingress` says the same in a terminal, and [editors](editing.md) say it while you type;
      what rules do to packets is in [Rules](rules.md). This page is made from the CRDs by `make crds`.

      All kinds are of `hostfirewall.io/v1alpha1` and belong to no namespace. People write policies and address sets; revisions and node states are written by operator and agents.
      No default is written into an object: where a field is absent, what stands here holds. A field that nobody knows is refused, not ignored.

      [HostFirewallPolicy](#hostfirewallpolicy): [spec](#spec-of-a-policy), [rules](#rules), [peers](#peers), [selectors of nodes](#selectors-of-nodes) ·
      [HostFirewallAddressSet](#hostfirewalladdressset) · [HostFirewallRevision](#hostfirewallrevision) · [HostFirewallNodeState](#hostfirewallnodestate)
      """;

  private final FieldExamples examples;
  private final Map<String, JsonNode> schemas;
  private final StringBuilder text = new StringBuilder(HEAD);

  /**
   * The reference of some schemas.
   *
   * @param schemas by their paths, such as {@code HostFirewallPolicy.spec.ingress[]}
   */
  Reference(FieldExamples examples, Map<String, JsonNode> schemas) {
    this.examples = examples;
    this.schemas = Map.copyOf(schemas);
  }

  static Reference ofCommitted() throws IOException {
    return new Reference(FieldExamples.read(), schemas());
  }

  /** Those of the committed CRDs. */
  static Map<String, JsonNode> schemas() throws IOException {
    return SchemaWalk.places().collect(Collectors.toMap(Place::path, Place::schema));
  }

  String text() {
    kind("HostFirewallPolicy", "hfp");
    kind("HostFirewallAddressSet", "hfas");
    kind("HostFirewallRevision", "hfrev");
    kind("HostFirewallNodeState", "hfns");
    return text.toString();
  }

  private void kind(String kind, String shortName) {
    text.append("\n## ").append(kind).append("\n\n");
    text.append("Short name `").append(shortName).append("`. ");
    text.append(schemas.get(kind).path("description").asText()).append('\n');
    rules(schemas.get(kind));
    FieldGroup.ALL.stream()
        .filter(group -> group.root().startsWith(kind + "."))
        .forEach(this::group);
    examples.written().keySet().stream()
        .filter(root -> root.startsWith(kind + "."))
        .forEach(this::written);
  }

  private void group(FieldGroup group) {
    text.append("\n### ").append(group.title()).append('\n');
    if (!group.about().isEmpty()) {
      text.append('\n').append(group.about()).append('\n');
    }
    rules(schemas.get(group.root()));
    examples.of(group).forEach((field, example) -> field(group.root(), field, example));
  }

  private void field(String root, String field, String example) {
    var schema = schemas.get(root + "." + field);
    var facts = facts(root, field);
    text.append("\n#### ").append(field.replace("[]", "")).append("\n\n");
    text.append(facts.line()).append("\n\n").append(facts.description()).append('\n');
    rules(schema);
    if (FieldGroup.ALL.stream().noneMatch(group -> group.isAt(root + "." + field + "[]"))) {
      rules(schema.path("items"));
    }
    yaml(example);
  }

  private FieldFacts facts(String root, String field) {
    var path = root + "." + field;
    var parent = schemas.get(path.substring(0, path.lastIndexOf('.')));
    var name = path.substring(path.lastIndexOf('.') + 1);
    var isRequired =
        StreamSupport.stream(parent.path("required").spliterator(), false)
            .anyMatch(required -> required.asText().equals(name));
    return new FieldFacts(schemas.get(path), isRequired);
  }

  /**
   * What must hold between fields, as the API server says it when it does not; it says more where
   * there is an expression for that.
   */
  private void rules(JsonNode schema) {
    var validations = schema.path("x-kubernetes-validations");
    if (!validations.isEmpty()) {
      var saysMore = validations.valueStream().anyMatch(rule -> rule.has("messageExpression"));
      text.append("\nRefused, in ")
          .append(saysMore ? "words that name what was written" : "these words")
          .append(":\n\n");
      validations.forEach(
          rule -> text.append("- ").append(rule.path("message").asText()).append('\n'));
    }
  }

  private void yaml(String example) {
    text.append("\n```yaml\n").append(example.strip()).append("\n```\n");
  }

  private void written(String root) {
    text.append("\n### ").append(root.substring(root.indexOf('.') + 1)).append('\n');
    text.append("\n| field | type | is |\n| --- | --- | --- |\n");
    new TreeMap<>(schemas)
        .keySet().stream()
            .filter(path -> path.startsWith(root + ".") && !path.endsWith("[]"))
            .map(path -> path.substring(root.length() + 1))
            .forEach(
                field ->
                    text.append(
                        "| `%s` | %s | %s |\n"
                            .formatted(
                                field,
                                facts(root, field).line(),
                                facts(root, field).description())));
    yaml(examples.written().get(root));
  }
}
