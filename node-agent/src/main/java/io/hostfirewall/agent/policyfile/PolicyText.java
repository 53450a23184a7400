package io.hostfirewall.agent.policyfile;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/** Writes policies as YAML. */
public final class PolicyText {

  private static final ObjectMapper JSON = new ObjectMapper();

  private PolicyText() {}

  /**
   * Policies as documents of one file.
   *
   * @param name of the first; the others get a number behind it
   */
  public static String of(String name, List<HostFirewallPolicySpec> policies) {
    var options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.AUTO);
    options.setIndent(2);
    options.setWidth(100);
    options.setSplitLines(true);
    var yaml = new Yaml(options);
    return objects(name, policies).stream().map(yaml::dump).collect(Collectors.joining("---\n"));
  }

  /** The same as objects of Kubernetes, for who writes them as JSON. */
  public static List<Map<String, Object>> objects(
      String name, List<HostFirewallPolicySpec> policies) {
    return IntStream.range(0, policies.size())
        .mapToObj(i -> object(i == 0 ? name : name + "-" + (i + 1), policies.get(i)))
        .toList();
  }

  private static Map<String, Object> object(String name, HostFirewallPolicySpec spec) {
    var object = new LinkedHashMap<String, Object>();
    object.put("apiVersion", Kind.API_VERSION);
    object.put("kind", Kind.POLICY.word());
    object.put("metadata", Map.of("name", name));
    object.put("spec", JSON.convertValue(spec, new TypeReference<Map<String, Object>>() {}));
    return object;
  }
}
