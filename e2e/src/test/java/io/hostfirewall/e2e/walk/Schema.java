package io.hostfirewall.e2e.walk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The fields of a policy by their paths, such as {@code spec.ingress[].ports[].port}. */
final class Schema {

  private static final Path CRD = Path.of("../crds/generated/hostfirewallpolicies.yaml");
  private static final ObjectMapper JSON = new ObjectMapper();

  private Schema() {}

  /** Those that there are. */
  static Set<String> fields() throws IOException {
    var crd = new ObjectMapper(new YAMLFactory()).readTree(CRD.toFile());
    var fields = new TreeSet<String>();
    schema("spec", crd.at("/spec/versions/0/schema/openAPIV3Schema/properties/spec"), fields);
    return fields;
  }

  private static void schema(String path, JsonNode schema, Set<String> fields) {
    if (schema.has("properties")) {
      schema
          .path("properties")
          .properties()
          .forEach(field -> schema(path + "." + field.getKey(), field.getValue(), fields));
    } else if (schema.has("items")) {
      schema(path + "[]", schema.path("items"), fields);
    } else {
      fields.add(path);
    }
  }

  /** Those that a policy sets. */
  static Set<String> fields(HostFirewallPolicySpec policy) {
    var fields = new TreeSet<String>();
    value("spec", JSON.valueToTree(policy), fields);
    return fields;
  }

  /** What a policy says at a path, in its order. */
  static List<String> values(HostFirewallPolicySpec policy, String path) {
    var values = new ArrayList<String>();
    values("spec", JSON.<JsonNode>valueToTree(policy), path, values);
    return values;
  }

  private static void values(String at, JsonNode value, String path, List<String> values) {
    if (at.equals(path)) {
      values.add(value.toString());
    } else if (value.isObject()) {
      value
          .properties()
          .forEach(field -> values(at + "." + field.getKey(), field.getValue(), path, values));
    } else if (value.isArray()) {
      value.forEach(item -> values(at + "[]", item, path, values));
    }
  }

  /** An object whose keys are the user's. */
  private static boolean isOfAnyKeys(String path) {
    return path.endsWith(".matchLabels");
  }

  private static void value(String path, JsonNode value, Set<String> fields) {
    if (value.isObject() && !isOfAnyKeys(path)) {
      value
          .properties()
          .forEach(field -> value(path + "." + field.getKey(), field.getValue(), fields));
    } else if (value.isArray()) {
      value.forEach(item -> value(path + "[]", item, fields));
    } else {
      fields.add(path);
    }
  }
}
