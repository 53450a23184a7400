package io.hostfirewall.operator.agent;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What of the agents' configuration holds, for those who must go on with it: each key for itself,
 * else what the agents that run show, else the default.
 *
 * @param imageKnown whether the settings name an image that exists; nothing can run without
 * @param problems why the rest is passed over, a sentence each
 */
public record PartialSettings(AgentSettings settings, boolean imageKnown, List<String> problems) {

  private static final String IMAGE = "image";

  /** Stands where an image must be named and none is known. */
  private static final String UNKNOWN = "unknown";

  /** Reads a file as far as it goes. */
  public static PartialSettings read(Path file, Optional<DaemonSet> running) {
    var name = file.toString();
    var problems = new ArrayList<String>();
    var holding = JsonNodeFactory.instance.objectNode().put(IMAGE, UNKNOWN);
    running.ifPresent(agents -> show(agents, holding));
    try {
      var written = AgentSettingsFile.tree(name, AgentSettingsFile.text(file));
      for (var key : written.properties()) {
        var alone = JsonNodeFactory.instance.objectNode().put(IMAGE, UNKNOWN);
        alone.set(key.getKey(), key.getValue());
        try {
          AgentSettingsFile.settings(name, alone);
          holding.set(key.getKey(), key.getValue());
        } catch (SettingsException e) {
          problems.add(e.getMessage());
        }
      }
      if (!written.hasNonNull(IMAGE)) {
        problems.add(name + ": image: is missing.");
      }
    } catch (SettingsException e) {
      problems.add(e.getMessage());
    }
    try {
      var settings = AgentSettingsFile.settings(name, holding);
      return new PartialSettings(
          settings, !settings.image().equals(UNKNOWN), List.copyOf(problems));
    } catch (SettingsException e) {
      throw new IllegalStateException("keys that hold alone do not hold together", e);
    }
  }

  private static void show(DaemonSet agents, ObjectNode into) {
    var pod = agents.getSpec().getTemplate().getSpec();
    into.put("name", agents.getMetadata().getName());
    into.put(IMAGE, pod.getContainers().getFirst().getImage());
    into.put("serviceAccountName", pod.getServiceAccountName());
    pod.getVolumes().stream()
        .filter(volume -> volume.getName().equals(AgentPodTemplate.STATE))
        .map(Volume::getHostPath)
        .forEach(state -> into.put("stateFolder", state.getPath()));
    if (pod.getVolumes().stream().anyMatch(v -> v.getName().equals(AgentPodTemplate.UNITS))) {
      into.putObject("boot").put("enabled", true);
    }
  }
}
