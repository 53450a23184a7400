package io.hostfirewall.agent.policyfile;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.hostfirewall.api.v1alpha1.ConnectionLimit;
import io.hostfirewall.api.v1alpha1.DefaultActions;
import io.hostfirewall.api.v1alpha1.IcmpSelector;
import io.hostfirewall.api.v1alpha1.Logging;
import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.api.v1alpha1.PortSelector;
import io.hostfirewall.api.v1alpha1.Protections;
import io.hostfirewall.api.v1alpha1.RateLimit;
import io.hostfirewall.api.v1alpha1.SourcePrefixLength;
import java.lang.reflect.Type;
import java.util.Map;

/** What one writes where fields are wanted, as an example for those who wrote something else. */
final class Sample {

  private static final Map<Class<?>, String> SAMPLES =
      Map.ofEntries(
          Map.entry(PolicyRule.class, "{name: ssh, action: Accept}"),
          Map.entry(Peer.class, "{networks: [10.0.0.0/8]}"),
          Map.entry(PortSelector.class, "{protocol: TCP, port: 22}"),
          Map.entry(IcmpSelector.class, "{type: EchoRequest}"),
          Map.entry(RateLimit.class, "{limit: 1, unit: Minute, burst: 10}"),
          Map.entry(SourcePrefixLength.class, "{ipv4: 24, ipv6: 56}"),
          Map.entry(ConnectionLimit.class, "{perSource: 20}"),
          Map.entry(Logging.class, "{perMinute: 60}"),
          Map.entry(DefaultActions.class, "{ingress: Deny}"),
          Map.entry(Protections.class, "{reversePath: Loose}"),
          Map.entry(LabelSelector.class, "{matchLabels: {role: web}}"),
          Map.entry(Selector.Requirement.class, "{key: role, operator: In, values: [web]}"),
          Map.entry(ClusterReader.Cluster.class, "{nodes: [{name: web-1, addresses: [10.0.0.1]}]}"),
          Map.entry(ClusterReader.Member.class, "{name: web-1, addresses: [10.0.0.1]}"),
          Map.entry(
              ClusterReader.NamedNetworks.class, "{name: offices, networks: [198.51.100.0/24]}"),
          Map.entry(ExpectationFile.Entry.class, "{packet: tcp 203.0.113.7 > :22, verdict: Deny}"));

  private Sample() {}

  /** One of a type, or something that looks like fields if the type has none. */
  static String of(Type type) {
    return SAMPLES.getOrDefault(type, "{field: value}");
  }
}
