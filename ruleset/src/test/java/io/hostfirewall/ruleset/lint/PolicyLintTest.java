package io.hostfirewall.ruleset.lint;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.lint.Finding.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyLintTest {

  private static RevisionPolicy policy(String name, int priority, String... rules) {
    return Policies.policy(
        name,
        "nodeSelector: {}\npriority: %d\ningress:\n- %s\n"
            .formatted(priority, String.join("\n- ", rules)));
  }

  private static List<Finding> findings(String... rules) {
    return PolicyLint.findings(List.of(policy("p", 500, rules)));
  }

  @Test
  void rules_of_another_list_come_before_nothing() {
    var lists =
        Policies.policy(
            "p",
            """
            nodeSelector: {}
            ingress:
            - {name: http, action: Accept, ports: [{protocol: TCP, port: 80}]}
            - {name: more, action: Deny, ports: [{protocol: TCP, port: 80}]}
            forward: [{name: routed, action: Accept}]
            egress: [{name: out, action: Accept}]
            """);

    assertThat(PolicyLint.findings(List.of(lists)))
        .singleElement()
        .extracting(Finding::sentence)
        .asString()
        .contains("p/http")
        .doesNotContain("routed")
        .doesNotContain("p/out");
  }

  @Test
  void a_rule_behind_one_that_covers_it_decides_nothing() {
    assertThat(
            findings(
                "{name: web, action: Accept, ports: [{protocol: TCP, port: 80, endPort: 90}]}",
                "{name: admin, action: Deny, ports: [{protocol: TCP, port: 85}]}"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo(Kind.SHADOWED);
              assertThat(finding.field()).isEqualTo("spec.ingress[1]");
              assertThat(finding.sentence())
                  .startsWith("decides nothing: p/web comes first and decides all of its packets.");
            });
  }

  @Test
  void several_rules_together_may_cover_one() {
    assertThat(
            findings(
                "{name: low, action: Accept, from: [{networks: [10.0.0.0/9]}]}",
                "{name: high, action: Accept, from: [{networks: [10.128.0.0/9]}]}",
                "{name: v6, action: Accept, from: [{networks: ['fd00::/8']}]}",
                "{name: all, action: Deny, from: [{networks: [10.0.0.0/8, 'fd00::/8']}]}"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo("all");
              assertThat(finding.sentence()).contains("p/low, p/high, p/v6 come first");
            });
  }

  @Test
  void an_accept_may_be_eaten_by_a_denial_of_lower_priority() {
    assertThat(
            PolicyLint.findings(
                List.of(
                    policy(
                        "web",
                        500,
                        "{name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}"),
                    policy(
                        "strict",
                        100,
                        "{name: none, action: Deny, from: [{networks: [0.0.0.0/0, '::/0']}]}"))))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.policy()).isEqualTo("web");
              assertThat(finding.sentence()).contains("strict/none comes first");
            });
  }

  private static RevisionPolicy on(String selector, String name, int priority, String rule) {
    return Policies.policy(
        name,
        "nodeSelector: %s\npriority: %d\ningress:\n- %s\n".formatted(selector, priority, rule));
  }

  @Test
  void policies_of_other_nodes_make_nothing_dead() {
    var all = "{name: all, action: Deny, from: [{networks: [0.0.0.0/0, '::/0']}]}";
    var web = "{name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}";
    var onWeb = on("{matchLabels: {role: web}}", "web", 500, web);

    assertThat(PolicyLint.findings(List.of(on("{matchLabels: {role: db}}", "db", 100, all), onWeb)))
        .isEmpty();
    assertThat(
            PolicyLint.findings(
                List.of(on("{matchLabels: {role: web, zone: a}}", "a", 100, all), onWeb)))
        .isEmpty();
    assertThat(
            PolicyLint.findingsOnOneNode(
                List.of(on("{matchLabels: {zone: a}}", "a", 100, all), onWeb)))
        .extracting(Finding::policy)
        .containsExactly("web");
    assertThat(PolicyLint.findings(List.of(on("{}", "every", 100, all), onWeb)))
        .extracting(Finding::policy)
        .containsExactly("web");
    assertThat(
            PolicyLint.findings(
                List.of(
                    on(
                        "{matchExpressions: [{key: role, operator: In, values: [web, db]}]}",
                        "some",
                        100,
                        all),
                    onWeb)))
        .extracting(Finding::policy)
        .containsExactly("web");
  }

  @Test
  void what_a_policy_of_some_nodes_revives_is_not_dead() {
    var limited =
        on(
            "{}",
            "errors",
            500,
            "{name: errors, action: Accept, icmp: [{type: TimeExceeded}],"
                + " rateLimit: {limit: 1, unit: Second, burst: 5}}");
    var lax =
        Policies.policy(
            "lax",
            """
            nodeSelector: {matchLabels: {role: lab}}
            priority: 100
            protections: {invalidState: Disabled}
            """);

    assertThat(PolicyLint.findings(List.of(limited))).hasSize(1);
    assertThat(PolicyLint.findings(List.of(limited, lax))).isEmpty();
  }

  @Test
  void a_limit_decides_all_of_its_packets_too() {
    assertThat(
            findings(
                "{name: a, action: Accept, ports: [{protocol: TCP, port: 22}],"
                    + " rateLimit: {limit: 1, unit: Minute, burst: 1}}",
                "{name: b, action: Accept, ports: [{protocol: TCP, port: 22}]}"))
        .extracting(Finding::rule)
        .containsExactly("b");
  }

  @Test
  void sources_of_the_cluster_pass_rules_that_name_none() {
    assertThat(
            findings(
                "{name: ssh, action: Accept, ports: [{protocol: TCP, port: 22}]}",
                "{name: guests, action: Deny, from: [{networks: [10.0.0.0/8]}],"
                    + " ports: [{protocol: TCP, port: 22}]}"))
        .extracting(Finding::sentence)
        .singleElement()
        .asString()
        .startsWith("decides nothing but for a cluster's own nodes and pods: p/ssh comes first");
  }

  @Test
  void a_rule_may_be_about_no_packet() {
    assertThat(
            findings(
                "{name: a, action: Accept, from: [{networks: [10.0.0.0/8], except: [10.0.0.0/8]}]}",
                "{name: b, action: Accept, from: [{networks: [10.0.0.0/8]}],"
                    + " icmp: [{type: '128', family: IPv6}]}"))
        .extracting(Finding::kind)
        .containsExactly(Kind.ABOUT_NOBODY, Kind.ABOUT_NOBODY);
  }

  @Test
  void a_limit_of_answers_counts_nothing() {
    var limit = "rateLimit: {limit: 1, unit: Second, burst: 5}";
    assertThat(
            findings(
                "{name: errors, action: Accept, icmp: [{type: TimeExceeded}], " + limit + "}",
                "{name: ping, action: Accept, icmp: [{type: EchoRequest}], " + limit + "}",
                "{name: ra, action: Accept, icmp: [{type: RouterAdvertisement}], " + limit + "}"))
        .extracting(Finding::field)
        .containsExactly("spec.ingress[0].rateLimit");
  }

  @Test
  void what_is_only_audited_is_looked_at_as_if_it_were_enforced() {
    var audited =
        Policies.policy(
            "audited",
            """
            nodeSelector: {}
            priority: 400
            enforcement: Audit
            ingress:
            - {name: none, action: Deny}
            - {name: late, action: Accept}
            """);
    var enforced = policy("web", 500, "{name: web, action: Accept}");

    assertThat(PolicyLint.findings(List.of(audited, enforced)))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo("late");
              assertThat(finding.sentence()).contains("audited/none comes first");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{name: b, action: Deny, ports: [{protocol: TCP, port: 79, endPort: 80}]}",
        "{name: b, action: Deny, ports: [{protocol: UDP, port: 80}]}",
        "{name: b, action: Deny}",
        "{name: b, action: Deny, icmp: [{type: EchoRequest}]}"
      })
  void what_has_one_packet_of_its_own_is_not_complained_about(String rule) {
    assertThat(findings("{name: a, action: Accept, ports: [{protocol: TCP, port: 80}]}", rule))
        .isEmpty();
  }

  @Test
  void only_those_are_named_who_decide_its_packets() {
    assertThat(
            findings(
                "{name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}",
                "{name: ssh, action: Accept, ports: [{protocol: TCP, port: 22}]}",
                "{name: again, action: Deny, ports: [{protocol: TCP, port: 22}]}"))
        .extracting(Finding::sentence)
        .singleElement()
        .asString()
        .startsWith("decides nothing: p/ssh comes first and decides all of its packets.");
  }

  @Test
  void so_does_a_limit_of_their_connections() {
    assertThat(
            findings(
                "{name: errors, action: Accept, icmp: [{type: TimeExceeded}],"
                    + " connectionLimit: {perSource: 3}}",
                "{name: ping, action: Accept, icmp: [{type: EchoRequest}],"
                    + " connectionLimit: {perSource: 3}}"))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo(Kind.LIMIT_WITHOUT_EFFECT);
              assertThat(finding.field()).isEqualTo("spec.ingress[0].connectionLimit");
            });
  }

  @Test
  void a_prefix_of_a_family_that_a_rule_does_not_have_counts_nothing() {
    var both =
        "rateLimit: {limit: 1, unit: Second, burst: 5, sourcePrefixLength: {ipv4: 24, ipv6: 56}}";
    assertThat(
            findings(
                "{name: v4, action: Accept, from: [{networks: [10.0.0.0/8]}], " + both + "}",
                "{name: v6, action: Accept, from: [{networks: ['fd00::/8']}], " + both + "}",
                "{name: any, action: Accept, ports: [{protocol: TCP, port: 1}], " + both + "}",
                "{name: named, action: Accept, from: [{addressSet: cluster-nodes}], %s}"
                    .formatted(both)))
        .extracting(Finding::field)
        .containsExactly(
            "spec.ingress[0].rateLimit.sourcePrefixLength.ipv6",
            "spec.ingress[1].rateLimit.sourcePrefixLength.ipv4");
  }

  private static RevisionPolicy setting(String name, int priority, String settings) {
    return Policies.policy(
        name, "nodeSelector: {}\npriority: %d\n%s\n".formatted(priority, settings));
  }

  @Test
  void a_setting_that_an_earlier_policy_decides_otherwise_is_named() {
    assertThat(
            PolicyLint.findings(
                List.of(
                    setting("base", 100, "defaultActions: {ingress: Reject, forward: Accept}"),
                    setting(
                        "web",
                        500,
                        "defaultActions: {ingress: Deny, forward: Accept, egress: Deny}\n"
                            + "protections: {newNotSyn: Disabled}"))))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.kind()).isEqualTo(Kind.OVERRULED);
              assertThat(finding.policy()).isEqualTo("web");
              assertThat(finding.field()).isEqualTo("spec.defaultActions.ingress");
              assertThat(finding.sentence()).startsWith("decides nothing: policy base comes first");
            });
  }

  @Test
  void only_who_decides_wherever_a_policy_is_overrules_it() {
    var web = setting("web", 500, "trustNodes: true\nlogging: {perMinute: 1}");
    var base = "trustNodes: false\nlogging: {perMinute: 2}";
    var onSome =
        Policies.policy("some", "nodeSelector: {matchLabels: {a: b}}\npriority: 1\n" + base);
    var audited = setting("audited", 1, "enforcement: Audit\n" + base);

    assertThat(PolicyLint.findings(List.of(setting("base", 1, base), web)))
        .extracting(Finding::field)
        .containsExactlyInAnyOrder("spec.trustNodes", "spec.logging");
    assertThat(PolicyLint.findings(List.of(onSome, web))).isEmpty();
    assertThat(PolicyLint.findingsOnOneNode(List.of(onSome, web))).hasSize(2);
    assertThat(PolicyLint.findings(List.of(audited, web))).isEmpty();
    assertThat(PolicyLint.findings(List.of(setting("base", 1, base), audited))).isEmpty();
  }

  @Test
  void what_is_built_in_cannot_be_put_behind_a_rule() {
    assertThat(findings("{name: self, action: Deny, interfaces: [lo]}"))
        .singleElement()
        .extracting(Finding::sentence)
        .asString()
        .isEqualTo(
            "decides nothing: protections, or rules that are built in, decide all of its packets."
                + " You may delete it.");
  }
}
