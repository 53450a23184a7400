package io.hostfirewall.e2e.bench;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.e2e.cluster.ControlPlane;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.RuleSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** The example of two hundred rules, once or several times. */
final class ManyRules {

  /** Its last port: on its way to it a packet meets all there is to meet. */
  static final int CLOSED = 20_999;

  private ManyRules() {}

  /** Each copy in policies of its own. */
  static List<RevisionPolicy> policies(int copies) {
    var policies = new ArrayList<RevisionPolicy>();
    for (var document : text().split("\n---\n", -1)) {
      var policy = Serialization.unmarshal(document, HostFirewallPolicy.class);
      for (var copy = 0; copy < copies; copy++) {
        var name = policy.getMetadata().getName() + "-" + copy;
        policies.add(new RevisionPolicy(name, "uid", 1L, policy.getSpec()));
      }
    }
    return policies;
  }

  private static String text() {
    try {
      return Files.readString(ControlPlane.PROJECT.resolve("examples/many-rules.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RuleSet compile(EffectivePolicy policy) {
    return Compiler.compile(policy, NodeFacts.standAlone(), Family.IPV4);
  }
}
