package io.hostfirewall.agent.policyfile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What people get wrong in YAML, each with the sentences that they read then. */
class MistakesTest {

  private static final String POLICY =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: web}
      spec:
        nodeSelector: {matchLabels: {role: web}}
        priority: 500
        trustNodes: true
        ingress:
        - name: ssh
          action: Accept
          from: [{networks: [10.0.0.0/8]}]
          ports: [{protocol: TCP, port: 22}]
          rateLimit: {limit: 1, unit: Minute, burst: 1}
        - name: ping
          action: Accept
          icmp: [{type: EchoRequest}]
      """;

  private static PolicyFiles.Read read(byte[] text) {
    return PolicyFiles.read(List.of("-"), new ByteArrayInputStream(text));
  }

  private static List<String> problems(String text) {
    return read(text.getBytes(StandardCharsets.UTF_8)).problems().stream()
        .map(problem -> problem.toString().substring("-:".length()))
        .toList();
  }

  /**
   * The table shows what nobody sees: line ends, tabs, spaces at the ends, no-break spaces, bells.
   */
  private static String plain(@Nullable String cell) {
    return cell == null
        ? ""
        : cell.replace('⏎', '\n')
            .replace('⇥', '\t')
            .replace('·', ' ')
            .replace('⍽', '\u00a0')
            .replace('␇', '\u0007');
  }

  @Test
  void the_policy_that_the_mistakes_are_made_in_has_none() {
    assertThat(problems(POLICY)).isEmpty();
  }

  @Test
  void a_kind_that_is_taken_over_is_one() {
    var merged = POLICY.replace("kind: HostFirewallPolicy", "<<: {kind: HostFirewallPolicy}");
    var read = read(merged.getBytes(StandardCharsets.UTF_8));

    assertThat(read.problems()).isEmpty();
    assertThat(read.policies()).extracting(RevisionPolicy::name).containsExactly("web");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          burst: 1 | brust: 1 | 13:41: spec.ingress[0].rateLimit.brust: unknown field. Did you mean "burst"?
          action: Accept⏎    from | actoin: Accept⏎    from | 10:5: spec.ingress[0].actoin: unknown field. Did you mean "action"?
          ····action: Accept⏎    from | ····acess: Accept⏎    from | 10:5: spec.ingress[0].acess: unknown field. Write one of name, action, from, to, ports, icmp, protocols, interfaces, rateLimit, connectionLimit, logging.
          networks: [10 | cidrs: [10 | 11:13: spec.ingress[0].from[0].cidrs: unknown field. Did you mean "networks"?
          from: [{networks: [10.0.0.0/8]}] | source: [{networks: [10.0.0.0/8]}] | 11:5: spec.ingress[0].source: unknown field. Did you mean "from"?
          {matchLabels: {role: web}} | {role: web} | 5:18: spec.nodeSelector.role: unknown field. Labels stand under matchLabels: {role: web}.
          rateLimit: {limit: 1, unit: Minute, burst: 1} | burst: 10 | 13:5: spec.ingress[0].burst: unknown field. It belongs into rateLimit.
          ports: [{protocol: TCP, port: 22}] | port: 22 | 12:5: spec.ingress[0].port: unknown field. Did you mean "ports"? Or it belongs into ports.
          ports: [{protocol: TCP, port: 22}] | protocol: TCP | 12:5: spec.ingress[0].protocol: unknown field. Did you mean "protocols"? Or it belongs into ports.
          rateLimit: {limit: 1, unit: Minute, burst: 1} | rateLimit: {limit: 1, unit: Minute, burst: 1, ports: []} | 13:51: spec.ingress[0].rateLimit.ports: unknown field. It belongs further out, into spec.ingress[0]: check the indentation.
          ··ingress: | ingress: | 8:1: ingress: unknown field. It belongs into spec.
          ··priority: 500⏎ | ··name: web⏎ | 6:3: spec.name: unknown field. It belongs into ingress or egress or forward.
          ports: [{protocol: TCP, port: 22}] | ports: [{protocol: TCP, port:22}] | 12:29: spec.ingress[0].ports[0].port:22: the colon has no space behind it. Write "port: 22".
          ··- name: ping⏎ | ··- name:ping⏎ | 15:11: is not YAML: no colon can stand here. Check the indentation and that each colon has a space behind it, or put the text in quotes.
          ····action: Accept⏎    icmp | ····action:Accept⏎    icmp | 16:5: is not YAML: a colon is missing in the line before. Write one, and a space behind it.
          - name: ping⏎    action: Accept⏎    icmp: [{type: EchoRequest}] | - name:ping | 14:5: spec.ingress[1]: the colon has no space behind it. Write "name: ping".
          ··priority: 500 | ⍽ priority: 500 | 6:1: is not YAML: a space of another kind indents this line. Write plain spaces instead.
          name: ssh | ⍽name: ssh | 9:5: spec.ingress[0].⍽name: an invisible character stands beside this name. Write "name" anew.
          action: Accept⏎    from | action: Alow⏎    from | 10:13: spec.ingress[0].action: "Alow" is none of Accept, Deny, Reject. Did you mean "Accept"?
          action: Accept⏎    from | action: accept⏎    from | 10:13: spec.ingress[0].action: "accept" is none of Accept, Deny, Reject. Did you mean "Accept"?
          action: Accept⏎    from | action: Drop⏎    from | 10:13: spec.ingress[0].action: "Drop" is none of Accept, Deny, Reject. Did you mean "Deny"?
          action: Accept⏎    from | action: REJECT⏎    from | 10:13: spec.ingress[0].action: "REJECT" is none of Accept, Deny, Reject. Did you mean "Reject"?
          action: Accept⏎    from | action: Log⏎    from | 10:13: spec.ingress[0].action: "Log" is none of Accept, Deny, Reject.
          protocol: TCP | protocol: tpc | 12:24: spec.ingress[0].ports[0].protocol: "tpc" is none of TCP, UDP, SCTP. Did you mean "TCP"?
          protocol: TCP | protocol: tcp | 12:24: spec.ingress[0].ports[0].protocol: "tcp" is none of TCP, UDP, SCTP. Did you mean "TCP"?
          protocol: TCP | protocol: ICMP | 12:24: spec.ingress[0].ports[0].protocol: "ICMP" is none of TCP, UDP, SCTP. What has no ports stands in icmp or protocols, instead of ports.
          protocol: TCP | protocol: 6 | 12:24: spec.ingress[0].ports[0].protocol: "6" is none of TCP, UDP, SCTP. What has no ports stands in icmp or protocols, instead of ports.
          unit: Minute | unit: minutes | 13:33: spec.ingress[0].rateLimit.unit: "minutes" is none of Second, Minute, Hour, Day. Did you mean "Minute"?
          unit: Minute | unit: m | 13:33: spec.ingress[0].rateLimit.unit: "m" is none of Second, Minute, Hour, Day. Did you mean "Minute"?
          unit: Minute | unit: sec | 13:33: spec.ingress[0].rateLimit.unit: "sec" is none of Second, Minute, Hour, Day. Did you mean "Second"?
          unit: Minute | unit: Week | 13:33: spec.ingress[0].rateLimit.unit: "Week" is none of Second, Minute, Hour, Day.
          type: EchoRequest | type: EchoRequst | 16:19: spec.ingress[1].icmp[0].type: "EchoRequst" is no ICMP type. Write a number from 0 to 255, or one of EchoRequest, EchoReply, DestinationUnreachable, TimeExceeded, ParameterProblem, RouterAdvertisement, RouterSolicitation, Redirect. Did you mean "EchoRequest"?
          type: EchoRequest | type: echo-request | 16:19: spec.ingress[1].icmp[0].type: "echo-request" is no ICMP type. Write a number from 0 to 255, or one of EchoRequest, EchoReply, DestinationUnreachable, TimeExceeded, ParameterProblem, RouterAdvertisement, RouterSolicitation, Redirect. Did you mean "EchoRequest"?
          type: EchoRequest | type: ping | 16:19: spec.ingress[1].icmp[0].type: "ping" is no ICMP type. Write a number from 0 to 255, or one of EchoRequest, EchoReply, DestinationUnreachable, TimeExceeded, ParameterProblem, RouterAdvertisement, RouterSolicitation, Redirect. Did you mean "EchoRequest"?
          type: EchoRequest | type: PacketTooBig | 16:19: spec.ingress[1].icmp[0].type: "PacketTooBig" is no ICMP type. Write a number from 0 to 255, or one of EchoRequest, EchoReply, DestinationUnreachable, TimeExceeded, ParameterProblem, RouterAdvertisement, RouterSolicitation, Redirect.
          type: EchoRequest | type: 8 | 16:19: spec.ingress[1].icmp[0].type: must be text. Write "8" with its quotes.
          type: EchoRequest | type: "8" | 16:12: spec.ingress[1].icmp[0].family: is required beside a number. Write IPv4 or IPv6.
          type: EchoRequest | type: "256" | 16:19: spec.ingress[1].icmp[0].type: "256" is no ICMP type. Write a number from 0 to 255, or one of EchoRequest, EchoReply, DestinationUnreachable, TimeExceeded, ParameterProblem, RouterAdvertisement, RouterSolicitation, Redirect.
          priority: 500 | enforcement: DryRun | 6:16: spec.enforcement: "DryRun" is none of Enforce, Audit. Did you mean "Audit"?
          priority: 500 | protections: {newNotSyn: Off} | 6:28: spec.protections.newNotSyn: "Off" is none of Drop, Disabled. Did you mean "Disabled"?
          priority: 500 | defaultActions: {ingress: Drop} | 6:29: spec.defaultActions.ingress: "Drop" is none of Accept, Deny, Reject. Did you mean "Deny"?
          matchLabels: {role: web} | matchExpressions: [{key: role, operator: in, values: [web]}] | 5:59: spec.nodeSelector.matchExpressions[0].operator: "in" is none of In, NotIn, Exists, DoesNotExist. Did you mean "In"?
          priority: 500 | priority: "500" | 6:13: spec.priority: "500" is not a whole number. Write it without quotes.
          priority: 500 | priority: high | 6:13: spec.priority: "high" is not a whole number. Write it in the digits 0 to 9.
          priority: 500 | priority: 5e2 | 6:13: spec.priority: "5e2" is not a whole number. Write it in the digits 0 to 9.
          priority: 500 | priority: 0500 | 6:13: spec.priority: "0500" is not a whole number. Write 500 without zeros before it.
          priority: 500 | priority: 500.0 | 6:13: spec.priority: "500.0" is not a whole number. Write it in the digits 0 to 9.
          priority: 500 | priority: 1_000 | 6:13: spec.priority: "1_000" is not a whole number. Write it in the digits 0 to 9.
          priority: 500 | priority: 99999999999 | 6:13: spec.priority: 99999999999 is too large for any field.
          priority: 500 | priority: [500] | 6:13: spec.priority: must be a whole number, not a list.
          port: 22 | port: ssh | 12:35: spec.ingress[0].ports[0].port: "ssh" is not a whole number. Write the number of the port, such as 22.
          port: 22 | port: 22-25 | 12:35: spec.ingress[0].ports[0].port: "22-25" is not a whole number. Write port: 22, endPort: 25.
          port: 22 | port: 022 | 12:35: spec.ingress[0].ports[0].port: "022" is not a whole number. Write 22 without zeros before it.
          port: 22 | port: "22,80" | 12:35: spec.ingress[0].ports[0].port: "22,80" is not a whole number. Write an entry for each.
          trustNodes: true | trustNodes: no | 7:15: spec.trustNodes: must be true or false. Write false.
          trustNodes: true | trustNodes: "true" | 7:15: spec.trustNodes: must be true or false. Write it without quotes.
          trustNodes: true | trustNodes: 1 | 7:15: spec.trustNodes: must be true or false.
          name: ssh | name: 22 | 9:11: spec.ingress[0].name: must be text. Write "22" with its quotes.
          name: ssh | name: yes | 9:11: spec.ingress[0].name: must be text. Write "yes" with its quotes.
          name: ssh | name: [ssh] | 9:11: spec.ingress[0].name: must be text, not a list.
          role: web | role: true | 5:38: spec.nodeSelector.matchLabels.role: must be text. Write "true" with its quotes.
          protocol: TCP | protocol: [TCP, UDP] | 12:24: spec.ingress[0].ports[0].protocol: must be one of TCP, UDP, SCTP, not a list. Write an entry for each.
          [10.0.0.0/8] | 10.0.0.0/8 | 11:23: spec.ingress[0].from[0].networks: must be a list. Write [10.0.0.0/8].
          [{networks: [10.0.0.0/8]}] | [10.0.0.0/8] | 11:12: spec.ingress[0].from[0]: must hold fields, not text. Write them like {networks: [10.0.0.0/8]}.
          [{networks: [10.0.0.0/8]}] | 10.0.0.0/8 | 11:11: spec.ingress[0].from: must be a list. Write [{networks: [10.0.0.0/8]}].
          [{networks: [10.0.0.0/8]}] | {networks: [10.0.0.0/8]} | 11:11: spec.ingress[0].from: must be a list, not fields. Write a dash before each of its entries.
          [{protocol: TCP, port: 22}] | [22] | 12:13: spec.ingress[0].ports[0]: must hold fields, not text. Write them like {protocol: TCP, port: 22}.
          [{protocol: TCP, port: 22}] | 22 | 12:12: spec.ingress[0].ports: must be a list. Write [{protocol: TCP, port: 22}].
          {limit: 1, unit: Minute, burst: 1} | 1/min | 13:16: spec.ingress[0].rateLimit: must hold fields, not text. Write them like {limit: 1, unit: Minute, burst: 10}.
          {limit: 1, unit: Minute, burst: 1} | [{limit: 1, unit: Minute, burst: 1}] | 13:16: spec.ingress[0].rateLimit: must hold fields, not a list. Write them like {limit: 1, unit: Minute, burst: 10}.
          priority: 500 | defaultActions: Deny | 6:19: spec.defaultActions: must hold fields, not text. Write them like {ingress: Deny}.
          {matchLabels: {role: web}} | all | 5:17: spec.nodeSelector: must hold fields, not text. Write them like {matchLabels: {role: web}}.
          matchLabels: {role: web} | matchLabels: [role] | 5:31: spec.nodeSelector.matchLabels: must hold fields of text, such as {role: web}.
          burst: 1 | burst: 1, burst: 2 | 13:51: spec.ingress[0].rateLimit.burst: stands twice, first in line 13. Delete one of the two.
          role: web | role: web, role: db | 5:43: spec.nodeSelector.matchLabels.role: stands twice, first in line 5. Delete one of the two.
          priority: 500 | priority: 500⏎  trustNodes: false | 8:3: spec.trustNodes: stands twice, first in line 7. Delete one of the two.
          {name: web} | {name: web, name: db} | 3:23: metadata.name: stands twice, first in line 3. Delete one of the two.
          kind: HostFirewallPolicy | kind: HostFirewallPolicy⏎kind: HostFirewallPolicy | 3:1: kind: stands twice, first in line 2. Delete one of the two.
          ··priority: 500 | ⇥priority: 500 | 6:1: is not YAML: a tab indents this line. Write plain spaces instead.
          ····action: Accept⏎    icmp | ··⇥action: Accept⏎    icmp | 15:3: is not YAML: a tab indents this line. Write plain spaces instead.
          priority: 500 | priority: 500: 1 | 6:16: is not YAML: no colon can stand here. Check the indentation and that each colon has a space behind it, or put the text in quotes.
          ··priority: 500 | ·priority: 500 | 6:2: is not YAML: this does not fit the indentation of the lines above. Indent it as its neighbours.
          ··priority: 500 | ···priority: 500 | 6:4: is not YAML: this does not fit the indentation of the lines above. Indent it as its neighbours.
          burst: 1} | burst: 1 | 13:16: is not YAML: this bracket is not closed. Write the closing one.
          name: ssh | name: "ssh | 9:11: is not YAML: this quote is not closed. Write it behind the text, too.
          name: ssh | name: @ssh | 9:11: is not YAML: no text begins with @. Put it in quotes.
          name: ssh | name: %ssh | 9:11: is not YAML: no text begins with %. Put it in quotes.
          name: ssh | name: "\\d" | 9:13: is not YAML: a backslash in double quotes begins an escape. Write single quotes.
          TCP, port | TCP port | 12:32: is not YAML: a comma or the closing bracket is missing before this.
          [10.0.0.0/8] | [::/0] | 11:24: is not YAML: no text begins with a colon here. Put it in quotes.
          [10.0.0.0/8] | [10.0.0.0/8]] | 11:35: is not YAML: a comma or the closing bracket is missing before this.
          [10.0.0.0/8] | [,] | 11:24: is not YAML: a value is missing before this.
          {networks: [10.0.0.0/8]} | *office | 11:12: is not YAML: nothing further up is named &office. Write it before what is meant, or write that again.
          name: ssh | name: 'it's' | 9:15: is not YAML: no text can stand here. Check the indentation, and the quotes of the text before.
          name: ssh | - name: ssh | 10:5: is not YAML: this does not fit the indentation of the lines above. Indent it as its neighbours.
          ····action: Accept⏎    icmp | ····action⏎    icmp | 16:5: is not YAML: a colon is missing in the line before. Write one, and a space behind it.
          web} | w␇eb} | 3:19: is not YAML: the character U+0007 is not allowed. Delete it.
          hostfirewall.io/v1alpha1 | hostfirewall.io/v1 | 1:13: apiVersion: "hostfirewall.io/v1" is not hostfirewall.io/v1alpha1. Did you mean "hostfirewall.io/v1alpha1"?
          hostfirewall.io/v1alpha1 | networking.k8s.io/v1 | 1:13: apiVersion: "networking.k8s.io/v1" is not hostfirewall.io/v1alpha1.
          apiVersion: hostfirewall.io/v1alpha1⏎ |  | 1:1: apiVersion: is required. Write hostfirewall.io/v1alpha1.
          kind: HostFirewallPolicy⏎ |  | 1:1: kind: is required. Write HostFirewallPolicy or HostFirewallAddressSet.
          HostFirewallPolicy | HostFirewalPolicy | 2:7: kind: "HostFirewalPolicy" is not HostFirewallPolicy or HostFirewallAddressSet. Did you mean "HostFirewallPolicy"?
          HostFirewallPolicy | NetworkPolicy | 2:7: kind: "NetworkPolicy" is not HostFirewallPolicy or HostFirewallAddressSet.
          HostFirewallPolicy | HostFirewallRevision | 2:7: kind: "HostFirewallRevision" is written by the operator alone. Leave it out.
          kind: HostFirewallPolicy | <<: {kind: NetworkPolicy} | 2:12: kind: "NetworkPolicy" is not HostFirewallPolicy or HostFirewallAddressSet.
          kind: HostFirewallPolicy | <<: {kind: List} | 1:1: is a List. Write its items as documents of their own, with --- between.
          kind: HostFirewallPolicy | <<: {expect: []} | 1:1: holds expectations for verify. Name the file without -f.
          kind: HostFirewallPolicy | kind: List | 1:1: is a List. Write its items as documents of their own, with --- between.
          metadata: {name: web}⏎ |  | 1:1: metadata.name: is required. Write metadata: {name: NAME}.
          {name: web} | web | 3:11: metadata: is required. Write metadata: {name: NAME}.
          {name: web} | {nam: web} | 3:12: metadata.nam: unknown field. Did you mean "name"? // 3:11: metadata.name: is required. Write a name such as web-server.
          {name: web} | {name: Web_1} | 3:18: metadata.name: "Web_1" is no name: 1 to 63 lower case letters, digits, dashes and dots, a letter or digit first and last. Write "web-1".
          {name: web} | {name: 22} | 3:18: metadata.name: must be text. Write "22" with its quotes.
          {name: web} | {name: -web} | 3:18: metadata.name: "-web" is no name: 1 to 63 lower case letters, digits, dashes and dots, a letter or digit first and last.
          {name: web} | {name: web, labels: {a: 1}} | 3:35: metadata.labels.a: must be text. Write "1" with its quotes.
          spec:⏎ | spec_:⏎ | 4:1: spec_: unknown field. Did you mean "spec"? // 1:1: spec: is required. Write what the policy says.
          spec:⏎ | sepc:⏎ | 4:1: sepc: unknown field. Did you mean "spec"? // 1:1: spec: is required. Write what the policy says.
          ····action: Accept⏎    from | ····from | 9:5: spec.ingress[0].action: is required. Write Accept, Deny or Reject.
          - name: ssh⏎    action | - action | 9:5: spec.ingress[0].name: is required. Give the rule a name such as "ssh".
          protocol: TCP,· |  | 12:13: spec.ingress[0].ports[0].protocol: is required. Write TCP, UDP or SCTP.
          , port: 22 |  | 12:13: spec.ingress[0].ports[0].port: is required. Write a number from 1 to 65535.
          , burst: 1 |  | 13:16: spec.ingress[0].rateLimit.burst: is required. Write how many may come at once.
          limit: 1,· |  | 13:16: spec.ingress[0].rateLimit.limit: is required. Write how many per unit.
          type: EchoRequest |  | 16:12: spec.ingress[1].icmp[0].type: is required. Write a name such as EchoRequest, or a number.
          ··nodeSelector: {matchLabels: {role: web}}⏎ |  | 5:3: spec.nodeSelector: is required. Write {} to select every Linux node.
          ·[{networks: [10.0.0.0/8]}] |  | 11:10: spec.ingress[0].from: is empty. Write its value, or leave the field out.
          [10.0.0.0/8] | [~] | 11:24: spec.ingress[0].from[0].networks[0]: is empty. Write a value, or leave the dash out.
          [10.0.0.0/8] | [] | 11:23: spec.ingress[0].from[0].networks: must not be empty. Leave it out if it shall match anything.
          name: ssh | name: | 9:10: spec.ingress[0].name: is empty. Write its value, or leave the field out.
          - name: ping⏎    action: Accept⏎    icmp: [{type: EchoRequest}] | - | 14:4: spec.ingress[1]: is empty. Write a value, or leave the dash out.
          matchLabels: {role: web} | matchExpressions: [~] | 5:37: spec.nodeSelector.matchExpressions[0]: is empty. Write a value, or leave the dash out.
          matchLabels: {role: web} | matchExpressions: [{key: role}] | 5:37: spec.nodeSelector.matchExpressions[0].operator: is required. Write In, NotIn, Exists or DoesNotExist.
          matchLabels: {role: web} | matchExpressions: [{key: role, operator: In}] | 5:37: spec.nodeSelector.matchExpressions[0].values: must name at least one value.
          matchLabels: {role: web} | matchLabels: {a b: web} | 5:37: spec.nodeSelector.matchLabels.a b: "a b" is no name of a label. Write one such as node-role.kubernetes.io/worker.
          matchLabels: {role: web} | matchLabels: {role: w b} | 5:38: spec.nodeSelector.matchLabels.role: "w b" is no value of a label: at most 63 letters, digits, -, _ and . with a letter or digit first and last.
          priority: 500 | priority: 1001 | 6:13: spec.priority: must be from 0 to 1000, not 1001.
          priority: 500 | priority: -1 | 6:13: spec.priority: must be from 0 to 1000, not -1.
          port: 22 | port: 0 | 12:35: spec.ingress[0].ports[0].port: must be from 1 to 65535, not 0.
          port: 22 | port: 70000 | 12:35: spec.ingress[0].ports[0].port: must be from 1 to 65535, not 70000.
          port: 22 | port: 22, endPort: 21 | 12:48: spec.ingress[0].ports[0].endPort: 21 is below port 22. Write port: 21, endPort: 22.
          burst: 1 | burst: 0 | 13:48: spec.ingress[0].rateLimit.burst: must be from 1 to 1000000, not 0.
          limit: 1 | limit: 20000 | 13:24: spec.ingress[0].rateLimit.limit: must be from 1 to 10000, not 20000.
          burst: 1 | burst: 2000 | 13:48: spec.ingress[0].rateLimit.burst: 2000 takes more than 24 hours to come back at this limit. Lower burst, or raise limit.
          name: ping | name: ssh | 14:11: spec.ingress[1].name: "ssh" is the name of ingress[0] too. Names in a list must differ.
          name: ssh | name: SSH Door | 9:11: spec.ingress[0].name: "SSH Door" must be 1 to 40 of the characters a-z, 0-9 and -. Write "ssh-door".
          name: ssh | name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa | 9:11: spec.ingress[0].name: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" must be 1 to 40 of the characters a-z, 0-9 and -.
          icmp: [{type: EchoRequest}] | protocols: [300] | 16:17: spec.ingress[1].protocols[0]: must be from 1 to 255, not 300.
          icmp: [{type: EchoRequest}] | protocols: ESP | 16:16: spec.ingress[1].protocols: must be a list. Write [ESP].
          icmp: [{type: EchoRequest}] | interfaces: eth0 | 16:17: spec.ingress[1].interfaces: must be a list. Write [eth0].
          icmp: [{type: EchoRequest}] | interfaces: ["*th0"] | 16:18: spec.ingress[1].interfaces[0]: "*th0" is no interface. Write a name of up to 15 characters such as eth0, or bond* for all that begin so.
          10.0.0.0/8 | 10.0.0.1/8 | 11:24: spec.ingress[0].from[0].networks[0]: "10.0.0.1/8" has host bits. Write "10.0.0.0/8", or "10.0.0.1/32" for the one address.
          10.0.0.0/8 | 2001:db8::1/64 | 11:24: spec.ingress[0].from[0].networks[0]: "2001:db8::1/64" has host bits. Write "2001:db8::/64", or "2001:db8::1/128" for the one address.
          10.0.0.0/8 | 10.0.0.1 | 11:24: spec.ingress[0].from[0].networks[0]: "10.0.0.1" has no prefix length. Write "10.0.0.1/32".
          10.0.0.0/8 | 10.0.0.0/33 | 11:24: spec.ingress[0].from[0].networks[0]: "10.0.0.0/33" has no prefix length from 0 to 32 behind its slash.
          10.0.0.0/8 | 10.0.0.0/255.0.0.0 | 11:24: spec.ingress[0].from[0].networks[0]: "10.0.0.0/255.0.0.0" is no network. Write "10.0.0.0/8".
          10.0.0.0/8 | 10.0.0.0/255.0.255.0 | 11:24: spec.ingress[0].from[0].networks[0]: "10.0.0.0/255.0.255.0" has no prefix length from 0 to 32 behind its slash.
          10.0.0.0/8 | 10/8 | 11:24: spec.ingress[0].from[0].networks[0]: "10/8" is no network. Write "10.0.0.0/8".
          10.0.0.0/8 | 010.0.0.0/8 | 11:24: spec.ingress[0].from[0].networks[0]: "010.0.0.0/8" is no network. Write "10.0.0.0/8".
          10.0.0.0/8 | 10.0.0.1-10.0.0.9 | 11:24: spec.ingress[0].from[0].networks[0]: "10.0.0.1-10.0.0.9" is no network but a range. Write the networks that it is made of.
          10.0.0.0/8 | any | 11:24: spec.ingress[0].from[0].networks[0]: "any" is no network. Write "0.0.0.0/0" and "::/0" for everybody, or leave the peers out.
          10.0.0.0/8 | www.example.com | 11:24: spec.ingress[0].from[0].networks[0]: "www.example.com" is no network: names are not looked up. Write its address, such as 192.0.2.7/32.
          10.0.0.0/8 | 10.0.0.256/32 | 11:24: spec.ingress[0].from[0].networks[0]: "10.0.0.256/32" is no network. Write one like "10.0.0.0/8" or "fd00::/8".
          10.0.0.0/8 | fe80::1::/64 | 11:24: spec.ingress[0].from[0].networks[0]: "fe80::1::/64" is no network. Write one like "10.0.0.0/8" or "fd00::/8".
          [10.0.0.0/8] | [fd00::] | 11:24: spec.ingress[0].from[0].networks[0]: must be text, not fields. A text that ends in a colon needs quotes.
          networks: [10.0.0.0/8] | networks: [10.0.0.0/8], addressSet: a | 11:12: spec.ingress[0].from[0]: must have exactly one of networks, addressSet and nodes.
          networks: [10.0.0.0/8] | addressSet: office | 11:25: spec.ingress[0].from[0].addressSet: there is no address set "office". Create a HostFirewallAddressSet of that name, or correct the name.
          networks: [10.0.0.0/8] | except: [10.0.0.0/8] | 11:12: spec.ingress[0].from[0]: must have exactly one of networks, addressSet and nodes. // 11:21: spec.ingress[0].from[0].except: can only stand beside networks.
          from: [{networks: [10.0.0.0/8]}] | from: &f [<<: *f] | 11:11: contains itself. Write out what *f stands for.
          action: Accept⏎    icmp | <<: 5⏎    icmp | 15:9: spec.ingress[1]: << takes over fields. Write *name behind it, and &name before them.
          action: Accept⏎    icmp | <<: &a {action: Acept}⏎    icmp | 15:21: spec.ingress[1].action: "Acept" is none of Accept, Deny, Reject. Did you mean "Accept"?
          """)
  void a_mistake_in_a_policy_is_named_with_its_place_and_what_to_write(
      String right, @Nullable String wrong, String sentences) {
    var at = POLICY.indexOf(plain(right));
    assertThat(at).isNotNegative();

    var mistaken =
        POLICY.substring(0, at) + plain(wrong) + POLICY.substring(at + plain(right).length());

    assertThat(problems(mistaken)).containsExactly(plain(sentences).split(" // "));
  }

  private static final String ADDRESS_SET =
      """
      ---
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallAddressSet
      metadata: {name: office}
      spec: {networks: [10.0.0.0/8]}
      """;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          [10.0.0.0/8]}     | 10.0.0.0/8}                 | 21:18: spec.networks: must be a list. Write [10.0.0.0/8].
          [10.0.0.0/8]}     | [10.0.0.0/8, 10.0.0.7]}     | 21:31: spec.networks[1]: "10.0.0.7" has no prefix length. Write "10.0.0.7/32".
          networks          | cidrs                       | 21:8: spec.cidrs: unknown field. Did you mean "networks"?
          {networks:        | {set: Office, networks:     | 21:13: spec.set: "Office" is no name: 1 to 63 lower case letters, digits, dashes and dots.
          [10.0.0.0/8]}     |                             | 22:1: is not YAML: a bracket before this is not closed. Write the closing one.
          [10.0.0.0/8]}     | }                           | 21:17: spec.networks: is empty. Write its value, or leave the field out.
          AddressSet        | AdressSet                   | 19:7: kind: "HostFirewallAdressSet" is not HostFirewallPolicy or HostFirewallAddressSet. Did you mean "HostFirewallAddressSet"?
          """)
  void a_mistake_in_an_address_set_too(String right, @Nullable String wrong, String sentences) {
    assertThat(ADDRESS_SET).contains(right);

    var mistaken = ADDRESS_SET.replace(right, plain(wrong));

    assertThat(problems(POLICY + mistaken)).containsExactly(sentences.split(" // "));
  }

  @Test
  void a_name_that_is_near_that_of_an_address_set_is_corrected() {
    var named = POLICY.replace("networks: [10.0.0.0/8]", "addressSet: ofice");

    assertThat(problems(named + ADDRESS_SET))
        .containsExactly(
            "11:25: spec.ingress[0].from[0].addressSet: there is no address set \"ofice\". Did you"
                + " mean \"office\"?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          verdict: Deny, rule: ssh  | verdit: Deny               | 3:35: expect[1].verdit: unknown field. Did you mean "verdict"?
          verdict: Deny             | verdict: Drop              | 3:44: expect[1].verdict: "Drop" is none of Accept, Deny, Reject. Did you mean "Deny"?
          verdict: Deny             | verdict: allowed           | 3:44: expect[1].verdict: "allowed" is none of Accept, Deny, Reject. Did you mean "Accept"?
          verdict: Deny             | verdict: Deny, verdict: Deny | 3:50: expect[1].verdict: stands twice, first in line 3. Delete one of the two.
          rule: ssh                 | rule: 22                   | 3:56: expect[1].rule: must be text. Write "22" with its quotes.
          tcp 203.0.113.9           | tpc 203.0.113.9            | 3:12: expect[1].packet: "tpc" is no protocol. Did you mean "tcp"? Write one of tcp, udp, sctp, icmp, icmpv6, proto.
          tcp 203.0.113.9           | tcp 203.0.113.999          | 3:16: expect[1].packet: "203.0.113.999" is no address. Write one like 203.0.113.7, or 203.0.113.7:22 or [2001:db8::1]:22 with a port; names are not looked up.
          expect:                   | expects:                   | 1:1: expects: unknown field. Did you mean "expect"?
          expect:                   | kind: HostFirewallPolicy⏎expect: | 1:1: is an object of Kubernetes, not expectations. Name it by -f.
          expect:                   | <<: {kind: HostFirewallPolicy}⏎expect: | 1:1: is an object of Kubernetes, not expectations. Name it by -f.
          packet: tcp 203.0.113.9 > :22 | <<: {packet: tcp nobody} | 3:21: expect[1].packet: "nobody" is no address. Write one like 203.0.113.7, or 203.0.113.7:22 or [2001:db8::1]:22 with a port; names are not looked up.
          - {packet: tcp 203.0.113.9 > :22, verdict: Deny, rule: ssh} | -                | 3:2: expect[1]: is empty. Write a value, or leave the dash out.
          - {packet: tcp 203.0.113.9 > :22, verdict: Deny, rule: ssh} | - tcp 203.0.113.9 | 3:3: expect[1]: must hold fields, not text. Write them like {packet: tcp 203.0.113.7 > :22, verdict: Deny}.
          """)
  void a_mistake_in_expectations_too(
      String right, @Nullable String wrong, String sentences, @TempDir Path folder)
      throws IOException {
    var expectations =
        """
        expect:
        - {packet: tcp 203.0.113.7 > :22, verdict: Reject}
        - {packet: tcp 203.0.113.9 > :22, verdict: Deny, rule: ssh}
        """;
    assertThat(expectations).contains(right);
    var file = folder.resolve("e.yaml");
    Files.writeString(file, expectations.replace(right, plain(wrong)));

    var read = ExpectationFile.read(List.of(file.toString()), "eth0");

    assertThat(read.problems())
        .extracting(problem -> problem.toString().substring(file.toString().length() + 1))
        .containsExactly(sentences.split(" // "));
  }
}
