package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.WEB;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.lab.Family;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rules name lists of networks that change while the rules stay. */
@OnEveryBackEndAndFamily
class AddressSetsKernelIT extends KernelTest {

  private static final int TIMES = 3;
  private static final String NOBODY = "10.255.255.255/32";

  private static final String OFFICE =
      policy(
          "office",
          """
          ingress:
          - name: office
            action: Accept
            from:
            - addressSet: office
            - networks: [198.51.100.0/24, "2001:db8:b::/48"]
              except: [198.51.100.9/32, "2001:db8:b::9/128"]
            ports: [{protocol: TCP, port: 80}]
          """);

  @BeforeEach
  void serve() {
    host.listen(WEB);
  }

  private String network(Client client) {
    return client.address().getHostAddress() + setting.family().pick("/32", "/128");
  }

  private String chains() {
    return host.rulesOfAll()
        .lines()
        .filter(line -> line.contains("HFW-"))
        .map(line -> line.replaceAll("\\[\\d+:\\d+]", ""))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void who_stands_in_the_set_is_let_in_beside_networks_and_nobody_else_is() {
    host.addressSet("office", network(neighbour), NOBODY);
    host.apply(OFFICE);

    assertThat(neighbour.connect(TIMES, WEB)).accepted(TIMES);
    assertThat(client("198.51.100.8", "2001:db8:b::8").connect(TIMES, WEB)).accepted(TIMES);
    assertThat(client("198.51.100.9", "2001:db8:b::9").connect(TIMES, WEB)).vanished();
    assertThat(attacker.connect(TIMES, WEB)).vanished();
  }

  @Test
  void an_edit_opens_and_closes_and_touches_no_rule() {
    host.addressSet("office", network(neighbour), network(bystander));
    host.apply(OFFICE);
    var before = chains();
    assertThat(attacker.connect(TIMES, WEB)).vanished();

    host.addressSet("office", network(attacker), network(bystander));
    host.follow(OFFICE);

    assertThat(attacker.connect(TIMES, WEB)).accepted(TIMES);
    assertThat(bystander.connect(TIMES, WEB)).accepted(TIMES);
    assertThat(neighbour.connect(TIMES, WEB)).vanished();
    assertThat(chains()).isEqualTo(before);

    host.addressSet("office");
    host.follow(OFFICE);

    assertThat(attacker.connect(TIMES, WEB)).vanished();
    assertThat(bystander.connect(TIMES, WEB)).vanished();
    assertThat(chains()).isEqualTo(before);
  }

  @Test
  void a_set_of_the_other_family_alone_admits_nobody_in_this_one() {
    host.addressSet("office", setting.family().pick("2001:db8:a::/48", "203.0.113.0/24"));
    host.apply(OFFICE);

    assertThat(attacker.connect(TIMES, WEB)).vanished();
    var other = setting.family() == Family.IPV4 ? Family.IPV6 : Family.IPV4;
    assertThat(client(other, 66).connect(TIMES, WEB)).accepted(TIMES);
  }

  @Test
  void a_set_may_hold_everybody_and_another_rule_take_some_away() {
    host.addressSet("everybody", "0.0.0.0/0", "::/0");
    host.addressSet("blocked", network(attacker));
    host.apply(
        policy(
            "open",
            """
            ingress:
            - {name: blocked, action: Deny, from: [{addressSet: blocked}]}
            - {name: everybody, action: Accept, from: [{addressSet: everybody}]}
            """));

    assertThat(attacker.connect(TIMES, WEB)).vanished();
    assertThat(neighbour.connect(TIMES, WEB)).accepted(TIMES);
  }

  @Test
  void a_rule_that_names_the_clusters_own_set_also_stops_the_cluster() {
    host.listen(9100, 9200);
    host.joinCluster(neighbour.address(), bystander.address());
    host.apply(
        policy(
            "nodes",
            """
            ingress:
            - {name: stop, action: Deny, from: [{addressSet: cluster-nodes}], ports: [{protocol: TCP, port: 9100}]}
            """));

    assertThat(neighbour.connect(TIMES, 9100)).vanished();
    assertThat(neighbour.connect(TIMES, 9200)).accepted(TIMES);
    assertThat(attacker.connect(TIMES, 9200)).vanished();
  }
}
