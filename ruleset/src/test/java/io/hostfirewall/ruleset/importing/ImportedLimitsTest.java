package io.hostfirewall.ruleset.importing;

import static io.hostfirewall.ruleset.importing.Imports.FRAME;
import static io.hostfirewall.ruleset.importing.Imports.assertPolicy;
import static io.hostfirewall.ruleset.importing.Imports.both;
import static io.hostfirewall.ruleset.importing.Imports.ipv4;
import static io.hostfirewall.ruleset.importing.Imports.lost;
import static io.hostfirewall.ruleset.importing.Imports.mistakes;
import static io.hostfirewall.ruleset.importing.Imports.rules;
import static io.hostfirewall.ruleset.importing.Imports.said;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Limits of others, and what a policy can say of them. */
class ImportedLimitsTest {

  @Test
  void a_limit_is_carried_over_where_a_policy_can_say_it() {
    var imported =
        rules(
            "-A INPUT -p tcp --dport 22 -m hashlimit --hashlimit-upto 3/min --hashlimit-burst 5"
                + " --hashlimit-mode srcip --hashlimit-name ssh -j ACCEPT",
            "-A INPUT -p tcp --dport 80 -m state --state NEW -m hashlimit --hashlimit-above 10/sec"
                + " --hashlimit-burst 20 --hashlimit-mode srcip --hashlimit-srcmask 24"
                + " --hashlimit-name web -j DROP",
            "-A INPUT -p tcp --dport 80 -j ACCEPT",
            "-A INPUT -p tcp --syn --dport 25 -m connlimit --connlimit-above 3 -j REJECT",
            "-A INPUT -p tcp --dport 25 -m limit --limit 100/min --limit-burst 50 -j ACCEPT");

    assertPolicy(
        imported,
        """
        ingress:
        - name: ssh
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          ports: [{protocol: TCP, port: 22}]
          rateLimit: {limit: 3, unit: Minute, burst: 5}
        - name: http
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          ports: [{protocol: TCP, port: 80}]
          rateLimit: {limit: 10, unit: Second, burst: 20, sourcePrefixLength: {ipv4: 24}}
        - name: smtp
          action: Accept
          from: [{networks: [0.0.0.0/0]}]
          ports: [{protocol: TCP, port: 25}]
          rateLimit: {limit: 100, unit: Minute, burst: 50, per: Node}
          connectionLimit: {perSource: 3}
        """);
    assertThat(mistakes(imported)).noneMatch(mistake -> mistake.contains("decides nothing"));
    assertThat(said(imported, Finding.CarriedOver.class))
        .anyMatch(line -> line.contains("it accepts what is within the limit of line"));
  }

  @Test
  void a_refusal_of_what_exceeds_a_limit_is_no_dead_rule_but_one_behind_it_is() {
    var imported =
        rules(
            "-A INPUT -p tcp --dport 22 -m hashlimit --hashlimit-upto 3/min --hashlimit-burst 5"
                + " --hashlimit-mode srcip --hashlimit-name ssh -j ACCEPT",
            "-A INPUT -p tcp --dport 22 -j DROP",
            "-A INPUT -p tcp --dport 22 -j ACCEPT");

    assertThat(mistakes(imported).stream().filter(m -> m.contains("decides nothing")))
        .singleElement()
        .asString()
        .startsWith("9 ");
  }

  private static final String LIMITED = "-m limit --limit 1/min --limit-burst 3 -j ACCEPT";

  @Test
  void a_limit_that_several_ways_share_is_not_carried_over_in_silence() {
    var shared =
        rules(
            "-N slow",
            "-A INPUT -p tcp --dport 22 -j slow",
            "-A INPUT -p tcp --dport 80 -j slow",
            "-A slow " + LIMITED,
            "-A slow -j DROP");
    var alone = rules("-N slow", "-A INPUT -p tcp --dport 22 -j slow", "-A slow " + LIMITED);

    assertThat(lost(shared)).hasSize(2).allMatch(l -> l.contains("one for all packets"));
    assertThat(lost(alone)).isEmpty();
  }

  @Test
  void a_limit_of_incoming_and_routed_packets_is_shared_too() {
    var imported =
        rules(
            "-N slow",
            "-A INPUT -j slow",
            "-A FORWARD -j slow",
            "-A slow -p tcp --dport 80 " + LIMITED,
            "-A slow -j DROP");

    assertThat(lost(imported)).isNotEmpty().allMatch(l -> l.contains("one for all packets"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-A FORWARD -j DROP", // what is routed is dropped whatever the limit says
        "-A FORWARD -m mark --mark 7 -j DROP\n-A FORWARD -j DROP"
      })
  void a_limit_that_counts_what_it_does_not_decide_is_shared_too(String forwarding) {
    var file =
        """
        *mangle
        -A %s -p tcp -m limit --limit 1/min --limit-burst 3 -j RETURN
        -A %1$s -p tcp -j DROP
        COMMIT
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        %s
        COMMIT
        """;

    assertThat(lost(ipv4(file.formatted("PREROUTING", forwarding))))
        .anyMatch(l -> l.startsWith("2 ") && l.contains("counts packets, too"));
    assertThat(lost(ipv4(file.formatted("INPUT", forwarding)))).noneMatch(l -> l.startsWith("2 "));
  }

  @Test
  void limits_of_one_name_are_one_limit() {
    var rule =
        "-A INPUT -p tcp --dport %d -m hashlimit --hashlimit-upto %d/min --hashlimit-mode srcip"
            + " --hashlimit-name %s -j ACCEPT";
    var shared = rules(rule.formatted(22, 1, "a"), rule.formatted(80, 60, "a"));

    assertThat(lost(shared))
        .hasSize(2)
        .anyMatch(l -> l.startsWith("7 its limit is that of line 8"));
    assertThat(mistakes(shared)).anyMatch(m -> m.startsWith("8 line 7 has the same"));
    assertThat(lost(rules(rule.formatted(22, 1, "a"), rule.formatted(80, 60, "b")))).isEmpty();
  }

  @Test
  void a_limit_beside_a_list_of_addresses_is_one_for_each() {
    var from = "-A INPUT -s 10.0.0.0/8,192.168.0.0/16 -p tcp --dport 22 ";
    var bySource = "-m hashlimit --hashlimit-upto 1/min --hashlimit-mode srcip --hashlimit-name a";

    assertThat(lost(rules(from + LIMITED))).singleElement().asString().contains("of each address");
    assertThat(lost(rules(from + bySource + " -j ACCEPT"))).isEmpty();
  }

  @Test
  void what_a_lost_limit_leaves_to_a_rule_is_lost_too() {
    var imported =
        rules(
            "-N SYN",
            "-A INPUT -p tcp --syn -j SYN",
            "-A SYN -m limit --limit 10/s --limit-burst 20 -j RETURN",
            "-A SYN -j LOG --log-prefix flood",
            "-A SYN -j DROP",
            "-A INPUT -p tcp --dport 22 -j ACCEPT",
            "-A INPUT -p tcp --dport 23 -j DROP");

    assertThat(lost(imported))
        .hasSize(3)
        .anyMatch(line -> line.startsWith("9 its limit"))
        .anyMatch(line -> line.startsWith("10 a policy does not log what the limit of line 9"))
        .anyMatch(line -> line.startsWith("11 it is about what the limit of line 9 leaves"));
    assertThat(mistakes(imported)).noneMatch(m -> m.contains("no packet comes this far"));
    assertThat(said(imported, Finding.AlreadySo.class))
        .noneMatch(line -> line.matches("(9|11) .*"));
  }

  @Test
  void a_rule_that_refuses_what_exceeds_a_limit_is_carried_over() {
    var imported =
        rules(
            "-A INPUT -p udp --dport 53 -m hashlimit --hashlimit-upto 10/s --hashlimit-burst 20"
                + " --hashlimit-mode srcip --hashlimit-name dns -j ACCEPT",
            "-A INPUT -p udp --dport 53 -j DROP");

    assertThat(said(imported, Finding.CarriedOver.class))
        .contains("8 it refuses what exceeds the limit of line 7.");
    assertThat(said(imported, Finding.AlreadySo.class)).noneMatch(line -> line.startsWith("8 "));
  }

  @Test
  void a_log_of_more_than_a_rule_decides_is_listed() {
    var log = "-A INPUT -p tcp -m limit --limit 5/min -j LOG";
    var many = rules(log, "-A INPUT -p tcp --dport 22 -j ACCEPT", "-A INPUT -p tcp -j DROP");
    var one = rules(log, "-A INPUT -p tcp -j ACCEPT");

    assertThat(lost(many)).singleElement().asString().startsWith("7 a policy logs what one");
    assertThat(many.policies().getFirst().ingress()).allMatch(rule -> rule.logging() == null);
    assertThat(lost(one)).isEmpty();
    assertThat(one.policies().getFirst().ingress()).allMatch(rule -> rule.logging() != null);
  }

  @Test
  void what_differs_of_a_limit_of_connections_is_listed() {
    var rule = "-A INPUT -p tcp --dport 25 -m connlimit --connlimit-above 3 -j %s\n";
    var port = "-A INPUT -p tcp --dport 25 -j ACCEPT\n";
    var drops = FRAME.formatted(rule.formatted("DROP") + port);
    var rejects = FRAME.formatted(rule.formatted("REJECT") + port);

    assertThat(lost(ipv4(drops))).isEmpty();
    assertThat(lost(ipv4(rejects))).singleElement().asString().startsWith("7 its answer");
    assertThat(lost(both(drops, drops))).singleElement().asString().contains("/64");
  }
}
