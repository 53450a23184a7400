package io.hostfirewall.api.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Makes plain JSON Schema (draft 7) of a CRD's schema, for editors: closed, without what only an
 * API server understands, and with what CEL says there as far as JSON Schema can say it.
 */
final class EditorSchema {

  static final String DRAFT_7 = "http://json-schema.org/draft-07/schema#";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";

  /** A network of either family; host bits are beyond a pattern. */
  private static final String NETWORK =
      "^(%1$s(\\.%1$s){3}/(3[0-2]|[12]?[0-9])|[0-9a-fA-F:]*:[0-9a-fA-F:.]*/(12[0-8]|1[01][0-9]|[1-9]?[0-9]))$"
          .formatted(OCTET);

  private static final String NAME = "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$";

  /** What editors say instead of showing a pattern. */
  static final String PATTERN_MESSAGE = "patternErrorMessage";

  /** What they say instead of naming the part of the schema that does not hold. */
  static final String MESSAGE = "errorMessage";

  private static final String NAME_MESSAGE =
      "Write lower case letters, digits, dashes and dots, such as web-server.";

  private static final Map<String, String> PATTERN_MESSAGES =
      Map.of(
          NETWORK,
          "Write a network as address and prefix length, such as 10.0.0.0/8 or 2001:db8::/32; a"
              + " single address is a /32 or a /128.",
          NAME,
          NAME_MESSAGE,
          "^[a-z0-9-]{1,40}$",
          "Write at most 40 lower case letters, digits and dashes, such as ssh-from-office.",
          "^[A-Za-z0-9._-]+[*]?$",
          "Write the name of an interface, such as eth0, or its beginning and a star, such as"
              + " bond*.",
          "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$",
          "Write letters, digits, dashes, underscores and dots, such as web.",
          "^(hfr-[0-9a-f]+)?$",
          "The operator writes it.");

  private static final List<String> ICMP_TYPES =
      List.of(
          "EchoRequest",
          "EchoReply",
          "DestinationUnreachable",
          "TimeExceeded",
          "ParameterProblem",
          "RouterAdvertisement",
          "RouterSolicitation",
          "Redirect");

  /** Kubernetes' ObjectMeta beside name, labels and annotations. */
  private static final List<String> METADATA =
      List.of(
          "creationTimestamp",
          "deletionGracePeriodSeconds",
          "deletionTimestamp",
          "finalizers",
          "generateName",
          "generation",
          "managedFields",
          "namespace",
          "ownerReferences",
          "resourceVersion",
          "selfLink",
          "uid");

  private EditorSchema() {}

  /** Of a whole CRD. */
  static ObjectNode of(JsonNode crd) {
    var version = crd.at("/spec/versions/0");
    var kind = crd.at("/spec/names/kind").asText();
    var apiVersion = crd.at("/spec/group").asText() + "/" + version.path("name").asText();
    var schema = closed(version.at("/schema/openAPIV3Schema"));
    var fields = JSON.objectNode();
    fields.set("apiVersion", word("Group and version of the API.", apiVersion));
    fields.set("kind", word("Kind of the object.", kind));
    fields.set("metadata", metadata());
    fields.setAll((ObjectNode) schema.get("properties"));
    if (fields.get("status") instanceof ObjectNode status) {
      status.put("doNotSuggest", true);
    }
    directions(fields.path("spec").path("properties"));
    var root = JSON.objectNode().put("$schema", DRAFT_7).put("title", kind);
    root.set("description", schema.get("description"));
    root.put("type", "object").put("additionalProperties", false);
    root.set("required", words("apiVersion", "kind", "metadata", "spec"));
    root.set("properties", fields);
    explainPatterns(root);
    return root;
  }

  private static void explainPatterns(JsonNode schema) {
    if (schema instanceof ObjectNode object
        && object.path("pattern").isTextual()
        && PATTERN_MESSAGES.containsKey(object.get("pattern").asText())) {
      object.put(PATTERN_MESSAGE, PATTERN_MESSAGES.get(object.get("pattern").asText()));
    }
    schema.forEach(EditorSchema::explainPatterns);
  }

  /** One for files that hold several kinds: which one applies is decided by the kind. */
  static ObjectNode ofAny(List<ObjectNode> kinds) {
    var root = JSON.objectNode().put("$schema", DRAFT_7).put("title", "Host Firewall");
    root.put("description", "What people write: policies and address sets.");
    root.put("type", "object");
    root.set("required", words("apiVersion", "kind"));
    var names = kinds.stream().map(kind -> kind.get("title").asText()).toArray(String[]::new);
    var properties = root.putObject("properties");
    properties
        .putObject("kind")
        .put("description", "Kind of the object.")
        .set("enum", words(names));
    var cases = root.putArray("allOf");
    for (var kind : kinds) {
      var one = cases.addObject();
      one.set("if", having("kind", constant(kind.get("title").asText())));
      one.putObject("then").put("$ref", fileName(kind.get("title").asText()));
    }
    return root;
  }

  static String fileName(String kind) {
    return kind.toLowerCase(Locale.ROOT) + ".json";
  }

  static ObjectNode closed(JsonNode schema) {
    var closed = JSON.objectNode();
    for (var entry : schema.properties()) {
      var name = entry.getKey();
      var value = entry.getValue();
      switch (name) {
        case "properties" -> {
          var fields = closed.putObject(name);
          value.properties().forEach(field -> fields.set(field.getKey(), closed(field.getValue())));
        }
        case "items", "additionalProperties" -> closed.set(name, closed(value));
        case "default", "format" -> {}
        default -> {
          if (!name.startsWith("x-kubernetes-")) {
            closed.set(name, value);
          }
        }
      }
    }
    if (schema.has("properties")) {
      closed.put("additionalProperties", false);
    }
    addRules(closed, names(schema.path("properties")));
    return closed;
  }

  /** What validation rules of CEL say, recognised by the fields of the schema. */
  private static void addRules(ObjectNode schema, Set<String> fields) {
    for (var list : List.of("networks", "except")) {
      if (schema.at("/properties/" + list + "/items") instanceof ObjectNode network) {
        network.put("pattern", NETWORK);
      }
    }
    if (fields.containsAll(Set.of("networks", "addressSet", "nodes"))) {
      schema.set("anyOf", eachRequired("networks", "addressSet", "nodes"));
      schema
          .withArray("anyOf")
          .forEach(one -> ((ObjectNode) one).put(MESSAGE, "Write networks, addressSet or nodes."));
      var alone =
          "Of networks, addressSet and nodes write one; another one is an entry of its own.";
      var dependencies = schema.putObject("dependencies");
      dependencies.set("networks", none(alone, "addressSet", "nodes"));
      dependencies.set("addressSet", none(alone, "nodes", "except"));
      dependencies.set("nodes", none(alone, "except"));
      dependencies.set(
          "except", needed("networks", "except leaves parts of networks out: add networks."));
    }
    if (fields.containsAll(Set.of("ports", "icmp", "protocols"))) {
      var alone = "Of ports, icmp and protocols write one; another one is a rule of its own.";
      var dependencies = schema.putObject("dependencies");
      dependencies.set("ports", none(alone, "icmp", "protocols"));
      dependencies.set("icmp", none(alone, "protocols"));
      schema.set("if", having("action", JSON.objectNode().set("enum", words("Deny", "Reject"))));
      schema.set(
          "then",
          none(
              "Only what action: Accept lets pass can be limited.",
              "rateLimit",
              "connectionLimit"));
    }
    if (fields.containsAll(Set.of("type", "code", "family"))) {
      icmp(schema);
    }
    if (fields.contains("nodeSelector")) {
      schema.set("required", words("nodeSelector"));
      schema.set("if", having("enforcement", constant("Audit")));
      schema.set(
          "then",
          none(
              "A policy with enforcement: Audit decides nothing: leave it out.",
              "defaultActions",
              "protections"));
    }
  }

  private static void icmp(ObjectNode schema) {
    var names = JSON.objectNode();
    names.set("enum", words(ICMP_TYPES.toArray(String[]::new)));
    var numbers = JSON.objectNode().put("pattern", "^" + OCTET + "$");
    ((ObjectNode) schema.at("/properties/type")).putArray("anyOf").add(names).add(numbers);
    schema.set(
        "if", having("type", JSON.objectNode().put("type", "string").put("pattern", "^[0-9]+$")));
    schema.set("then", needed("family", "A number belongs to one family: add family."));
    schema
        .putObject("dependencies")
        .set("code", needed("family", "A code belongs to one family: add family."));
  }

  /** Fields that make no sense in one of the directions. */
  private static void directions(JsonNode spec) {
    var ingress = spec.at("/ingress/items/properties/to/items");
    if (ingress instanceof ObjectNode own) {
      ((ObjectNode) own.get("properties")).remove(List.of("addressSet", "nodes"));
      own.remove("anyOf");
      own.set("required", words("networks"));
      ((ObjectNode) own.get("dependencies")).remove(List.of("networks", "addressSet", "nodes"));
    }
    if (spec.at("/egress/items/properties") instanceof ObjectNode egress) {
      egress.remove(List.of("from", "connectionLimit"));
      var limit = (ObjectNode) egress.get("rateLimit");
      ((ObjectNode) limit.get("properties")).remove("sourcePrefixLength");
      ((ObjectNode) limit.at("/properties/per")).set("enum", words("Node"));
      limit.withArray("required").add("per");
    }
  }

  private static ObjectNode metadata() {
    var fields = JSON.objectNode();
    fields
        .putObject("name")
        .put("description", "Name of the object, unique in the cluster.")
        .put("type", "string")
        .put("minLength", 1)
        .put("maxLength", 63)
        .put("pattern", NAME);
    for (var texts : List.of("labels", "annotations")) {
      fields
          .putObject(texts)
          .put("description", "The object's own " + texts + ".")
          .put("type", "object")
          .putObject("additionalProperties")
          .put("type", "string");
    }
    METADATA.forEach(field -> fields.set(field, JSON.booleanNode(true)));
    var metadata = JSON.objectNode().put("description", "Name and labels of the object.");
    metadata.put("type", "object").put("additionalProperties", false);
    metadata.set("required", words("name"));
    metadata.set("properties", fields);
    return metadata;
  }

  private static ObjectNode word(String description, String only) {
    var word = constant(only);
    return word.put("description", description).put("type", "string");
  }

  private static ObjectNode constant(String word) {
    return JSON.objectNode().put("const", word);
  }

  private static JsonNode eachRequired(String... fields) {
    var cases = JSON.arrayNode();
    for (var field : fields) {
      cases.addObject().set("required", words(field));
    }
    return cases;
  }

  /** Refuses each of these fields. */
  private static ObjectNode none(String message, String... fields) {
    var none = JSON.objectNode();
    var properties = none.putObject("properties");
    for (var field : fields) {
      properties.put(field, false);
    }
    return none.put(MESSAGE, message);
  }

  private static ObjectNode needed(String field, String message) {
    var needed = JSON.objectNode().put(MESSAGE, message);
    needed.set("required", words(field));
    return needed;
  }

  /** Holds for objects with such a field. */
  private static ObjectNode having(String field, JsonNode value) {
    var having = JSON.objectNode();
    having.putObject("properties").set(field, value);
    having.set("required", words(field));
    return having;
  }

  private static JsonNode words(String... words) {
    var list = JSON.arrayNode();
    for (var word : words) {
      list.add(word);
    }
    return list;
  }

  private static Set<String> names(JsonNode object) {
    var names = new LinkedHashSet<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
