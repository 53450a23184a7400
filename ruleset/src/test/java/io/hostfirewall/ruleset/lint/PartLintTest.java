package io.hostfirewall.ruleset.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.lint.Finding.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Parts of rules that decide nothing while the rest does. */
class PartLintTest {

  private static List<Finding> findings(String... rules) {
    return PolicyLint.findings(
        List.of(
            Policies.policy(
                "p", "nodeSelector: {}\ningress:\n- %s\n".formatted(String.join("\n- ", rules)))));
  }

  @Test
  void a_part_of_a_rule_may_be_dead() {
    assertThat(
            findings(
                "{name: web, action: Accept, ports: [{protocol: TCP, port: 80, endPort: 90}]}",
                "{name: guests, action: Deny, from: [{networks: [10.1.0.0/16, 'fd00:1::/32']}]}",
                "{name: more, action: Accept,"
                    + " from: [{networks: [10.1.2.0/24, 192.0.2.0/24]}, {networks: ['fd00::/8']}],"
                    + " ports: [{protocol: TCP, port: 79}, {protocol: TCP, port: 85},"
                    + " {protocol: UDP, port: 85}]}"))
        .extracting(Finding::kind, Finding::field, Finding::sentence)
        .containsExactly(
            tuple(
                Kind.PARTLY_SHADOWED,
                "spec.ingress[2].from[0].networks[0]",
                "decides nothing of 10.1.2.0/24: p/web, p/guests come first and decide all of its"
                    + " packets. Put it before them, or leave that out."),
            tuple(
                Kind.PARTLY_SHADOWED,
                "spec.ingress[2].ports[1]",
                "decides nothing of tcp/85 but for a cluster's own nodes and pods: p/web comes"
                    + " first and decides all of its packets. Put it before it, or leave that"
                    + " out."));
  }

  @Test
  void parts_of_what_is_routed_sent_and_audited_are_looked_at_too() {
    var policy =
        Policies.policy(
            "p",
            """
            nodeSelector: {}
            enforcement: Audit
            forward:
            - {name: a, action: Deny, interfaces: [eth0]}
            - {name: b, action: Deny, interfaces: [eth1, eth0]}
            egress:
            - {name: c, action: Deny, protocols: [47]}
            - {name: d, action: Reject, protocols: [50, 47]}
            - {name: e, action: Deny, to: [{networks: [10.0.0.0/8]}], icmp: [{type: EchoRequest}]}
            - {name: f, action: Deny, to: [{networks: [10.9.0.0/16]}],
               icmp: [{type: Redirect}, {type: '8', family: IPv4}, {type: '128', family: IPv6}]}
            """);

    assertThat(PolicyLint.findings(List.of(policy)))
        .extracting(Finding::kind, Finding::field)
        .containsExactly(
            tuple(Kind.PARTLY_SHADOWED, "spec.forward[1].interfaces[1]"),
            tuple(Kind.PARTLY_SHADOWED, "spec.egress[1].protocols[1]"),
            tuple(Kind.PARTLY_SHADOWED, "spec.egress[3].icmp[1]"),
            tuple(Kind.PART_ABOUT_NOBODY, "spec.egress[3].icmp[2]"));
  }
}
