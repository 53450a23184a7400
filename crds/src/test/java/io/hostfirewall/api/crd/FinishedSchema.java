package io.hostfirewall.api.crd;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.fabric8.crd.generator.annotation.AdditionalPrinterColumn;
import io.fabric8.crdv2.generator.CRDPostProcessor;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaPropsBuilder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Adds to a generated CRD what annotations cannot say. */
final class FinishedSchema implements CRDPostProcessor {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Map<String, Class<?>> kinds;

  FinishedSchema(Map<String, Class<?>> kinds) {
    this.kinds = kinds;
  }

  @Override
  public HasMetadata process(HasMetadata generated, String crdVersion) {
    var crd = (CustomResourceDefinition) generated;
    var kind = kinds.get(crd.getSpec().getNames().getKind());
    crd.getSpec().getNames().setCategories(List.of("hostfirewall"));
    for (var version : crd.getSpec().getVersions()) {
      orderColumns(version, kind);
      var root = version.getSchema().getOpenAPIV3Schema();
      root.setDescription(kind.getAnnotation(JsonClassDescription.class).value());
      root.setRequired(List.of("spec"));
      keepPolicySpecsOpen(root);
      finish(root);
      describeSpecAndStatus(root);
    }
    return crd;
  }

  /** The generator sorts columns by path; a reader expects them as they were declared. */
  private static void orderColumns(CustomResourceDefinitionVersion version, Class<?> kind) {
    var declared =
        Arrays.stream(kind.getAnnotationsByType(AdditionalPrinterColumn.class))
            .map(AdditionalPrinterColumn::name)
            .toList();
    version
        .getAdditionalPrinterColumns()
        .sort(Comparator.comparingInt(column -> declared.indexOf(column.getName())));
  }

  /**
   * The specs inside a revision were checked when they were policies. Their rules would be
   * multiplied by the number of policies here, beyond what the API server lets CEL cost.
   */
  private static void keepPolicySpecsOpen(JSONSchemaProps root) {
    var policies = property(property(root, "spec"), "policies");
    if (policies == null) {
      return;
    }
    var entry = policies.getItems().getSchema();
    var description = entry.getProperties().get("spec").getDescription();
    entry
        .getProperties()
        .put(
            "spec",
            new JSONSchemaPropsBuilder()
                .withType("object")
                .withDescription(description)
                .withXKubernetesPreserveUnknownFields(true)
                .build());
  }

  private static void describeSpecAndStatus(JSONSchemaProps root) {
    root.getProperties().get("spec").setDescription("What is asked for.");
    var status = root.getProperties().get("status");
    if (property(status, "observedGeneration") == null) {
      root.getProperties().remove("status");
    } else {
      status.setDescription("What was seen.");
      // kstatus would call an object Current that nobody has looked at yet.
      status.setDefault(JSON.objectNode().put("observedGeneration", -1));
    }
  }

  private static void finish(JSONSchemaProps schema) {
    if (property(schema, "matchLabels") != null) {
      StandardTypes.labelSelector(schema);
    }
    if (schema.getProperties() != null) {
      schema.getProperties().forEach(FinishedSchema::finishProperty);
    }
    if (schema.getItems() != null) {
      finish(schema.getItems().getSchema());
    }
  }

  private static void finishProperty(String name, JSONSchemaProps schema) {
    switch (name) {
      case "networks", "except" -> StandardTypes.network(schema.getItems().getSchema());
      case "podCIDRs" -> StandardTypes.anyCidr(schema.getItems().getSchema());
      case "addresses" -> StandardTypes.address(schema.getItems().getSchema());
      case "conditions" -> StandardTypes.conditions(schema);
      case "failedNodes" -> keyed(schema, "name");
      case "appliedAt" -> schema.setFormat("date-time");
      case "exceeded" -> schema.setEnum(List.of(JSON.textNode("Deny"), JSON.textNode("Reject")));
      default -> {}
    }
    // Order decides in most lists, and half a list of networks is a hole: one owner for the whole.
    if ("array".equals(schema.getType()) && schema.getXKubernetesListType() == null) {
      schema.setXKubernetesListType("atomic");
    }
    finish(schema);
  }

  static void keyed(JSONSchemaProps list, String key) {
    list.setXKubernetesListType("map");
    list.setXKubernetesListMapKeys(List.of(key));
  }

  private static @Nullable JSONSchemaProps property(@Nullable JSONSchemaProps schema, String name) {
    return schema == null || schema.getProperties() == null
        ? null
        : schema.getProperties().get(name);
  }
}
