package io.hostfirewall.ruleset.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.explain.Explanation.Met;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.packet.Here;
import io.hostfirewall.ruleset.packet.PacketParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExplanationTest {

  private static final RevisionPolicy WEB_SERVER =
      Policies.policy("web-server", Policies.WEB_SERVER);

  private static final RevisionPolicy STRICT =
      Policies.policy(
          "strict",
          """
          nodeSelector: {}
          priority: 100
          defaultActions: {ingress: Reject}
          protections: {newNotSyn: Drop}
          ingress:
          - {name: guests, action: Deny, from: [{networks: [198.51.100.0/24]}]}
          - name: dns
            action: Accept
            ports: [{protocol: UDP, port: 53}]
            rateLimit: {limit: 5, unit: Second, burst: 5, exceeded: Reject}
          - name: imap
            action: Accept
            ports: [{protocol: TCP, port: 993}]
            connectionLimit: {perSource: 10}
          """);

  private static Explanation explain(String packet, RevisionPolicy... policies) {
    var question = PacketParser.parse(packet, Here.unseen("eth0"));
    var rules =
        Compiler.compile(
            PolicyMerge.merge(List.of(policies)),
            NodeFacts.standAlone(),
            question.packet().family());
    return Explanation.of(
        question, Judges.of(rules, rules.sets()), new PolicyFields(List.of(policies)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tcp 203.0.113.7 > :443 | Accept | web-server | web | spec.ingress[2].action",
        "tcp 203.0.113.7 > :443 at 2/s | Deny | web-server | web | spec.ingress[2].rateLimit",
        "tcp 203.0.113.7 > :443 at 60/min | Accept | web-server | web | spec.ingress[2].action",
        "tcp 198.51.100.7 > :443 | Deny | strict | guests | spec.ingress[0].action",
        "udp 203.0.113.7 > :53 at 9/s | Reject | strict | dns | spec.ingress[1].rateLimit.exceeded",
        "tcp 203.0.113.7 > :993 connections 10 | Accept | strict | imap | spec.ingress[2].action",
        "tcp 203.0.113.7 > :993 connections 11 | Deny | strict | imap |"
            + " spec.ingress[2].connectionLimit",
        "tcp 2001:db8::7 > :22 | Reject | strict | '' | spec.defaultActions.ingress",
        "tcp 203.0.113.7 > :443 flags A | Deny | strict | '' | spec.protections.newNotSyn",
        "tcp 203.0.113.7 > :443 state invalid | Deny | '' | '' | spec.protections.invalidState",
        "tcp 10.0.0.5 > 10.0.0.5:443 in eth0 | Deny | '' | '' | spec.protections.spoofedSource",
        "tcp 203.0.113.7 > :443 state established | Accept | '' | '' | ''",
        "udp 203.0.113.7:67 > :68 | Accept | '' | '' | ''"
      })
  void the_field_that_decides_is_named(
      String packet, String verdict, String policy, String rule, String field) {
    var explanation = explain(packet, WEB_SERVER, STRICT);

    assertThat(explanation.verdict()).hasToString(verdict);
    assertThat(explanation.decidedBy())
        .extracting(Met::policy, Met::rule, Met::field)
        .containsExactly(policy, rule, field);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "proto 59 2001:db8::7 > 2001:db8:7::1 forward | Deny",
        "proto 47 2001:db8::7 > 2001:db8:7::1 forward | Accept",
        "proto 59 203.0.113.7 > 198.51.100.7 forward | Accept"
      })
  void what_has_no_next_header_is_denied_where_connections_are_counted(
      String packet, String verdict) {
    var few =
        Policies.policy(
            "few",
            """
            nodeSelector: {}
            forward: [{name: any, action: Accept, connectionLimit: {perSource: 1}}]
            """);

    var explanation = explain(packet, few);

    assertThat(explanation.verdict()).hasToString(verdict);
    assertThat(explanation.assumed().toString().contains("no next header"))
        .isEqualTo(verdict.equals("Deny"));
    assertThat(explanation.decidedBy())
        .extracting(Met::field)
        .isEqualTo("spec.forward[0]." + (verdict.equals("Deny") ? "connectionLimit" : "action"));
  }

  @Test
  void a_line_that_is_logged_is_met_and_decides_nothing() {
    var logged =
        Policies.policy(
            "logged",
            """
            nodeSelector: {}
            logging: {perMinute: 1}
            ingress:
            - name: web
              action: Accept
              ports: [{protocol: TCP, port: 80}]
              rateLimit: {limit: 1, unit: Second, burst: 1}
              logging: {perMinute: 1}
            """);

    assertThat(explain("tcp 203.0.113.7 > :80 at 9/s", logged).decidedBy())
        .extracting(Met::field)
        .isEqualTo("spec.ingress[0].rateLimit");
    assertThat(explain("tcp 203.0.113.7 > :80", logged).rules())
        .extracting(Met::field)
        .contains("spec.ingress[0].logging")
        .last()
        .isEqualTo("spec.ingress[0].action");
    assertThat(explain("tcp 203.0.113.7 > :81", logged).rules())
        .extracting(Met::field)
        .endsWith("spec.logging", "spec.defaultActions.ingress");
  }

  @Test
  void the_rules_met_are_named_as_in_the_kernel() {
    var rules = explain("tcp 203.0.113.7 > :443", WEB_SERVER).rules();

    assertThat(rules).hasSize(2);
    assertThat(rules.getFirst().text()).endsWith("-g " + rules.getLast().chain());
    assertThat(rules.getLast().chain()).matches("HFW-RULES-[0-9a-f]{8}");
    assertThat(rules.getLast().number()).isEqualTo(5);
  }

  @Test
  void what_the_verdict_depends_on_is_said() {
    assertThat(explain("tcp 203.0.113.7 > 10.0.0.5:443 in eth0 state new", WEB_SERVER).assumed())
        .containsExactly(
            "203.0.113.7 is not in the node's own networks",
            "its source has sent nothing so far: within the limit of 1/sec, burst 500");
    assertThat(explain("tcp 203.0.113.7 > :22 at 5/s", WEB_SERVER).assumed())
        .contains("192.0.2.1 stands for this node")
        .noneMatch(sentence -> sentence.contains("limit"));
  }

  @Test
  void a_rejection_says_what_the_sender_is_told() {
    assertThat(explain("tcp 203.0.113.7 > :22", STRICT).answer()).isEqualTo("tcp-reset");
    assertThat(explain("udp 203.0.113.7 > :22", STRICT).answer())
        .isEqualTo("icmp-port-unreachable");
  }

  @Test
  void rules_of_unknown_policies_are_named_by_their_names() {
    var question = PacketParser.parse("tcp 203.0.113.7 > :443", Here.unseen("eth0"));
    var rules =
        Compiler.compile(
            PolicyMerge.merge(List.of(WEB_SERVER)),
            NodeFacts.standAlone(),
            question.packet().family());
    var explanation =
        Explanation.of(question, Judges.of(rules, rules.sets()), new PolicyFields(List.of()));

    assertThat(explanation.decidedBy())
        .extracting(Met::field)
        .isEqualTo("spec.ingress[name=web].action");
  }
}
