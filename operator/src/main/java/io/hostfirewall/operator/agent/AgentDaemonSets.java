package io.hostfirewall.operator.agent;

import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The DaemonSets that work on nodes.
 *
 * @param namespace the operator's own
 */
public record AgentDaemonSets(AgentSettings settings, String namespace) {

  private static final String CLEANUP = "hostfirewall-cleanup";
  private static final String NAME = "app.kubernetes.io/name";
  private static final String PRODUCT = "host-firewall";
  private static final String COMPONENT = "app.kubernetes.io/component";
  private static final String AGENT = "agent";
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  private static final String OPERATOR = "hostfirewall-operator";

  /** Whose pods keep the nodes' firewalls; its owner is the operator's Deployment. */
  public DaemonSet agent(OwnerReference owner) {
    var labels = agentSelector();
    return daemonSet(
        settings.name(), labels, new AgentPodTemplate(settings).agent(podLabels(labels)), owner);
  }

  /** Whose pods take all of ours off the nodes, and are Ready when they have. */
  public DaemonSet cleanup(OwnerReference... owners) {
    var labels = cleanupSelector();
    return daemonSet(
        CLEANUP, labels, new AgentPodTemplate(settings).cleanup(podLabels(labels)), owners);
  }

  /** The labels by which the pods of the agent are known; they never change. */
  public SequencedMap<String, String> agentSelector() {
    return selector(AGENT);
  }

  /** The labels that agents have whatever their DaemonSet is called. */
  public static Map<String, String> anyAgentSelector() {
    return Map.of(NAME, PRODUCT, COMPONENT, AGENT);
  }

  /** The labels by which the pods that clean up are known. */
  public SequencedMap<String, String> cleanupSelector() {
    return selector("cleanup");
  }

  /** Labels as a selector in text. */
  public static String text(Map<String, String> labels) {
    return labels.entrySet().stream()
        .map(label -> label.getKey() + "=" + label.getValue())
        .collect(Collectors.joining(","));
  }

  private SequencedMap<String, String> selector(String component) {
    return new TreeMap<>(
        Map.of(NAME, PRODUCT, "app.kubernetes.io/instance", settings.name(), COMPONENT, component));
  }

  private DaemonSet daemonSet(
      String name,
      Map<String, String> selector,
      PodTemplateSpec template,
      OwnerReference... owners) {
    return new DaemonSetBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .withLabels(ownLabels(selector))
        .withOwnerReferences(List.of(owners))
        .endMetadata()
        .withNewSpec()
        .withSelector(new LabelSelectorBuilder().withMatchLabels(selector).build())
        .withNewUpdateStrategy()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withMaxUnavailable(settings.maxUnavailable())
        .endRollingUpdate()
        .endUpdateStrategy()
        .withTemplate(template)
        .endSpec()
        .build();
  }

  private Map<String, String> podLabels(Map<String, String> selector) {
    var labels = new LinkedHashMap<>(settings.labels());
    labels.putAll(settings.podLabels());
    return withOurs(labels, selector);
  }

  private Map<String, String> ownLabels(Map<String, String> selector) {
    return withOurs(new LinkedHashMap<>(settings.labels()), selector);
  }

  /** Ours win: the selector must match them. */
  private static Map<String, String> withOurs(
      Map<String, String> labels, Map<String, String> selector) {
    labels.putAll(selector);
    labels.put(MANAGED_BY, OPERATOR);
    return labels;
  }
}
