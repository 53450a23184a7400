package io.hostfirewall.agent.policyfile;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    var text = new StringBuilder();
    for (var i = 0; i < policies.size(); i++) {
      text.append(
          i == 0 ? of(name, policies.get(i)) : "---\n" + of(name + "-" + (i + 1), policies.get(i)));
    }
    return text.toString();
  }

  private static String of(String name, HostFirewallPolicySpec spec) {
    var document = new LinkedHashMap<String, Object>();
    document.put("apiVersion", Kind.API_VERSION);
    document.put("kind", Kind.POLICY.word());
    document.put("metadata", Map.of("name", name));
    document.put("spec", JSON.convertValue(spec, new TypeReference<Map<String, Object>>() {}));
    var options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.AUTO);
    options.setIndent(2);
    options.setWidth(100);
    options.setSplitLines(true);
    return new Yaml(options).dump(document);
  }
}
