package io.hostfirewall.ruleset.check;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.Policies;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyCheckTest {

  private static String problem(String yaml) {
    var problems = PolicyCheck.check(Policies.spec(yaml));
    assertThat(problems).hasSize(1);
    return problems.getFirst().toString();
  }

  private static String ruleProblem(String rule) {
    return problem("nodeSelector: {}\ningress:\n- {name: r, action: Accept, %s}\n".formatted(rule));
  }

  @Test
  void the_web_server_is_fine() {
    assertThat(PolicyCheck.check(Policies.spec(Policies.WEB_SERVER))).isEmpty();
  }

  @Test
  void a_policy_without_selector_is_refused() {
    assertThat(problem("priority: 1\n"))
        .isEqualTo("spec.nodeSelector: is required. Write {} to select every Linux node.");
  }

  @Test
  void names_must_differ() {
    assertThat(
            problem(
                "nodeSelector: {}\ningress: [{name: a, action: Deny}, {name: a, action: Deny}]\n"))
        .isEqualTo(
            "spec.ingress[1].name: \"a\" is the name of ingress[0] too. Names in a list must"
                + " differ.");
  }

  @Test
  void every_problem_is_told_not_just_the_first() {
    assertThat(PolicyCheck.check(Policies.spec("priority: 2000\ningress: [{name: A}]\n")))
        .extracting(Problem::field)
        .containsExactly(
            "spec.nodeSelector", "spec.priority", "spec.ingress[0].name", "spec.ingress[0].action");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "ports: [{protocol: TCP, port: 0}] | spec.ingress[0].ports[0].port: must be from 1 to 65535, not 0.",
        "ports: [{protocol: TCP, port: 9, endPort: 8}] | spec.ingress[0].ports[0].endPort: 8 is below port 9. Write port: 8, endPort: 9.",
        "ports: [{port: 9}] | spec.ingress[0].ports[0].protocol: is required. Write TCP, UDP or SCTP.",
        "ports: [] | spec.ingress[0].ports: must not be empty. Leave it out if it shall match anything.",
        "from: [{networks: [10.0.0.1/8]}] | spec.ingress[0].from[0].networks[0]: \"10.0.0.1/8\" has host bits. Write \"10.0.0.0/8\", or \"10.0.0.1/32\" for the one address.",
        "from: [{networks: [10.0.0.1]}] | spec.ingress[0].from[0].networks[0]: \"10.0.0.1\" has no prefix length. Write \"10.0.0.1/32\".",
        "from: [{}] | spec.ingress[0].from[0]: must have exactly one of networks, addressSet and nodes.",
        "icmp: [{type: Echo}] | spec.ingress[0].icmp[0].type: \"Echo\" is no ICMP type. Write a number from 0 to 255, or one of EchoRequest, EchoReply, DestinationUnreachable, TimeExceeded, ParameterProblem, RouterAdvertisement, RouterSolicitation, Redirect. Did you mean \"EchoRequest\"?",
        "icmp: [{type: `8`}] | spec.ingress[0].icmp[0].family: is required beside a number. Write IPv4 or IPv6.",
        "icmp: [{type: `255`, family: IPv4}] | spec.ingress[0].icmp[0].type: `255` is every type of IPv4 to the kernel. For all of ICMP write protocols: [1] instead of icmp.",
        "icmp: [{type: `255`, family: IPv6}, {type: `255`, code: 255, family: IPv4}] | spec.ingress[0].icmp[1].type: `255` is every type of IPv4 to the kernel. For all of ICMP write protocols: [1] instead of icmp.",
        "rateLimit: {limit: 1, unit: Minute, burst: 5000} | spec.ingress[0].rateLimit.burst: 5000 takes more than 24 hours to come back at this limit. Lower burst, or raise limit.",
        "rateLimit: {limit: 9999, unit: Minute, burst: 1} | spec.ingress[0].rateLimit.limit: the kernel cannot keep 9999 per minute; the nearest it keeps is 10000/min.",
        "rateLimit: {limit: 0, unit: Minute, burst: 1} | spec.ingress[0].rateLimit.limit: must be from 1 to 10000, not 0.",
        "rateLimit: {limit: 1, unit: Minute} | spec.ingress[0].rateLimit.burst: is required. Write how many may come at once.",
        "rateLimit: {limit: 1, unit: Minute, burst: 1, exceeded: Accept} | spec.ingress[0].rateLimit.exceeded: must be Deny or Reject.",
        "rateLimit: {limit: 1, unit: Hour, burst: 1, per: Node, sourcePrefixLength: {ipv4: 24}} | spec.ingress[0].rateLimit.sourcePrefixLength: cannot stand beside per: Node. Leave one of them out.",
        "interfaces: [`eth0:1`] | spec.ingress[0].interfaces[0]: `eth0:1` is no interface. Write a name of up to 15 characters such as eth0, or bond* for all that begin so.",
        "interfaces: [abcdefghijklmno*] | spec.ingress[0].interfaces[0]: `abcdefghijklmno*` is no interface. Write a name of up to 15 characters such as eth0, or bond* for all that begin so.",
        "connectionLimit: {perSource: 0} | spec.ingress[0].connectionLimit.perSource: must be from 1 to 1000000, not 0.",
        "connectionLimit: {} | spec.ingress[0].connectionLimit.perSource: is required. Write how many connections one source may have.",
        "logging: {perMinute: 10001} | spec.ingress[0].logging.perMinute: must be from 1 to 10000, not 10001.",
        "logging: {} | spec.ingress[0].logging.perMinute: is required. Write how many packets to log a minute.",
        "protocols: [256] | spec.ingress[0].protocols[0]: must be from 1 to 255, not 256.",
        "protocols: [4, 43] | spec.ingress[0].protocols[1]: 43 is a header of IPv6, not a protocol. Leave it out.",
        "protocols: [50], icmp: [{type: EchoRequest}] | spec.ingress[0].protocols: cannot stand beside ports or icmp. Make two rules of it.",
      })
  void what_is_wrong_is_said_with_field_and_remedy(String rule, String sentence) {
    assertThat(ruleProblem(rule.replace("`", "\""))).isEqualTo(sentence.replace("`", "\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "from: [{networks: [10.0.0.0/8]}] | spec.egress[0].from: cannot stand in an egress rule: its connections come from this node. Use to.",
        "rateLimit: {limit: 1, unit: Hour, burst: 1} | spec.egress[0].rateLimit.per: must be Node in an egress rule: all that it is about comes from one source, this node.",
        "connectionLimit: {perSource: 1} | spec.egress[0].connectionLimit: counts by source, and all that an egress rule is about comes from one, this node. Leave it out.",
      })
  void what_makes_no_sense_for_connections_of_the_node_itself_is_refused(
      String rule, String sentence) {
    assertThat(
            problem("nodeSelector: {}\negress: [{name: r, action: Accept, %s}]\n".formatted(rule)))
        .isEqualTo(sentence);
  }

  @Test
  void an_ingress_rule_names_its_own_addresses_by_few_networks() {
    assertThat(ruleProblem("to: [{addressSet: vips}]"))
        .isEqualTo(
            "spec.ingress[0].to[0]: is an address of this node in an ingress rule. Write"
                + " networks.");
    var networks =
        IntStream.range(0, 64)
            .mapToObj(i -> "192.0.2." + i * 2 + "/32")
            .collect(Collectors.joining(", "));
    var to = "to: [{networks: [%s]}, {networks: [%s]}]";
    assertThat(
            PolicyCheck.check(
                Policies.spec(
                    "nodeSelector: {}\ningress: [{name: r, action: Accept, %s}]\n"
                        .formatted(to.formatted(networks, "192.0.2.2/32")))))
        .isEmpty();
    assertThat(ruleProblem(to.formatted(networks, "198.51.100.1/32")))
        .isEqualTo(
            "spec.ingress[0].to: is more than 64 networks of IPv4 without its exceptions. Name"
                + " fewer.");
    assertThat(ruleProblem("to: [{networks: [\"2001:db8::/121\"]}]"))
        .isEqualTo(
            "spec.ingress[0].to: is more than 64 addresses of IPv6, which an ingress rule looks at"
                + " one by one. Name this node's own.");
    assertThat(
            PolicyCheck.check(
                Policies.spec(
                    "nodeSelector: {}\ningress: [{name: r, action: Accept, to: [{networks:"
                        + " [\"::/0\"]}, {networks: [\"2001:db8::/122\"]}]}]\n")))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"defaultActions: {ingress: Deny}", "protections: {newNotSyn: Drop}"})
  void an_audited_policy_decides_nothing(String field) {
    assertThat(problem("nodeSelector: {}\nenforcement: Audit\n" + field + "\n"))
        .isEqualTo(
            "spec."
                + field.substring(0, field.indexOf(':'))
                + ": cannot stand beside enforcement: Audit, which decides nothing. Leave it out.");
  }

  @Test
  void a_limit_beside_deny_is_refused() {
    assertThat(
            problem(
                "nodeSelector: {}\ningress: [{name: a, action: Deny, rateLimit: {limit: 1, unit:"
                    + " Hour, burst: 1}}]\n"))
        .startsWith("spec.ingress[0].rateLimit: can only stand beside action Accept.");
  }

  @Test
  void ports_beside_icmp_are_refused() {
    assertThat(ruleProblem("ports: [{protocol: TCP, port: 1}], icmp: [{type: EchoRequest}]"))
        .isEqualTo("spec.ingress[0].icmp: cannot stand beside ports. Make two rules of it.");
  }
}
