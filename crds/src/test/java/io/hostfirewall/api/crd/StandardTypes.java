package io.hostfirewall.api.crd;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsOrBoolBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRuleBuilder;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Schemas of types that are not ours to annotate: networks as strings, selectors, conditions. */
final class StandardTypes {

  private static final String QUOTED_SELF = "'\"' + self + '\" ";

  private StandardTypes() {}

  /**
   * A network whose host bits are zero. The message cannot say which network was meant: the API
   * server refuses text of unknown length, such as string(cidr), as too costly.
   */
  static void network(JSONSchemaProps schema) {
    schema.setXKubernetesValidations(
        List.of(
            rule(
                "isCIDR(self) && cidr(self) == cidr(self).masked()",
                "must be a network without host bits, such as 203.0.113.0/24 or 2001:db8::/32",
                QUOTED_SELF
                    + "' + (isCIDR(self) ? 'has host bits: write the first address of the network,"
                    + " such as 10.0.0.0/8, or a /32 or /128 for the one address' : 'is not a"
                    + " network: write an address and a prefix length, such as 203.0.113.0/24 or"
                    + " 2001:db8::/32')")));
  }

  /** A network as Kubernetes itself writes it. */
  static void anyCidr(JSONSchemaProps schema) {
    schema.setXKubernetesValidations(
        List.of(rule("isCIDR(self)", "must be a network", QUOTED_SELF + "is not a network'")));
  }

  static void address(JSONSchemaProps schema) {
    schema.setXKubernetesValidations(
        List.of(
            rule("isIP(self)", "must be an IP address", QUOTED_SELF + "is not an IP address'")));
  }

  /** Bounds from Kubernetes' own rules for labels: names of 63 characters, prefixes of 253. */
  static void labelSelector(JSONSchemaProps schema) {
    schema.setXKubernetesMapType("atomic");
    var labels = schema.getProperties().get("matchLabels");
    labels.setDescription("Labels with their values; all must match.");
    labels.setMaxProperties(32L);
    labels.setAdditionalProperties(
        new JSONSchemaPropsOrBoolBuilder().withSchema(labelValue()).build());
    labels.setXKubernetesValidations(
        List.of(
            rule(
                "self.all(key, key.size() <= 317)",
                "the name of a label has at most 317 characters",
                null)));

    var expressions = schema.getProperties().get("matchExpressions");
    expressions.setDescription("Conditions on labels; all must match.");
    expressions.setMaxItems(32L);
    var expression = expressions.getItems().getSchema();
    expression.setRequired(List.of("key", "operator"));
    expression.setXKubernetesValidations(
        List.of(
            rule(
                "self.operator in ['In', 'NotIn'] ? has(self.values) && self.values.size() > 0 :"
                    + " !has(self.values) || self.values.size() == 0",
                "In and NotIn need values, Exists and DoesNotExist have none",
                null)));
    var fields = expression.getProperties();
    bounded(fields.get("key"), 317, "Name of the label.").setMinLength(1L);
    bounded(fields.get("operator"), 12, "In, NotIn, Exists or DoesNotExist.")
        .setEnum(words("In", "NotIn", "Exists", "DoesNotExist"));
    var values = fields.get("values");
    values.setDescription("Values for In and NotIn.");
    values.setMaxItems(64L);
    values.getItems().setSchema(labelValue());
  }

  private static JSONSchemaProps labelValue() {
    return new JSONSchemaPropsBuilder()
        .withType("string")
        .withMaxLength(63L)
        .withPattern("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$")
        .build();
  }

  /** As the API conventions have them; a map key must be required. */
  static void conditions(JSONSchemaProps list) {
    FinishedSchema.keyed(list, "type");
    var condition = list.getItems().getSchema();
    condition.setRequired(List.of("lastTransitionTime", "message", "reason", "status", "type"));
    var fields = condition.getProperties();
    bounded(fields.get("type"), 64, "What the condition is about.").setMinLength(1L);
    bounded(fields.get("status"), 7, "True, False or Unknown.")
        .setEnum(words("True", "False", "Unknown"));
    bounded(fields.get("reason"), 64, "Why, in one word for programs.").setMinLength(1L);
    // Twice what the operator writes at most: a bound that is met would hide the status.
    bounded(fields.get("message"), 8192, "Why, in a sentence for people.");
    bounded(fields.get("lastTransitionTime"), 64, "When the status last changed.")
        .setFormat("date-time");
    var generation = fields.get("observedGeneration");
    generation.setDescription("Generation of the spec that the condition speaks of.");
    generation.setFormat("int64");
    generation.setMinimum(0.0);
    generation.setMaximum(9_007_199_254_740_991.0);
  }

  private static JSONSchemaProps bounded(JSONSchemaProps text, long length, String description) {
    text.setDescription(description);
    text.setMaxLength(length);
    return text;
  }

  private static List<JsonNode> words(String... words) {
    return Arrays.stream(words).<JsonNode>map(JsonNodeFactory.instance::textNode).toList();
  }

  private static ValidationRule rule(
      String rule, String message, @Nullable String messageExpression) {
    return new ValidationRuleBuilder()
        .withRule(rule)
        .withMessage(message)
        .withMessageExpression(messageExpression)
        .build();
  }
}
