package io.hostfirewall.e2e.cluster;

import java.util.stream.Stream;

/**
 * What somebody does to the rules and sets of a node.
 *
 * @param script in which IPT is iptables of the node's back end, SET the set of all nodes, and
 *     CLEAR what empties all tables
 * @param said a word of what the agent says of it
 */
public record Damage(String name, String script, String said) {

  private static final String CLEAR_NFT = "nft flush ruleset";
  private static final String CLEAR_LEGACY =
      "for p in iptables ip6tables; do for t in raw filter; do"
          + " $p-legacy -t $t -F; $p-legacy -t $t -X; done; done";

  /** One of each kind. */
  public static Stream<Damage> all() {
    return Stream.of(
        new Damage("a dispatcher is flushed", "$IPT -F HFW-INPUT", "dispatchers of filter"),
        new Damage(
            "a dispatcher of IPv6 is flushed",
            "ip6${IPT#ip} -F HFW-INPUT",
            "IPv6: the dispatchers of filter"),
        new Damage("everything is flushed", "$IPT -F", "0 jumps to HFW-INPUT"),
        new Damage("a jump is deleted", "$IPT -D INPUT 1", "0 jumps to HFW-INPUT"),
        new Damage("a jump is doubled", "$IPT -A INPUT -j HFW-INPUT", "2 jumps to HFW-INPUT"),
        new Damage(
            "a rule is put into our chain",
            "$IPT -I $($IPT -S | sed -n 's/^-N \\(HFW-RULES-[0-9a-f]*\\)$/\\1/p') 1 -j ACCEPT",
            "rule 1 of chain HFW-RULES"),
        new Damage("a set is flushed", "ipset flush $SET", "does not hold what it should"),
        new Damage(
            "a set holds another network",
            "ipset del $SET 10.99.0.11; ipset add $SET 203.0.113.9",
            "does not hold what it should"),
        // The agent may have put a rule back that uses it.
        new Damage(
            "a set is destroyed",
            "until $IPT -F && $IPT -X && ipset destroy $SET; do :; done",
            "0 jumps"),
        new Damage("tables are emptied", "$CLEAR", "0 jumps"));
  }

  /** Does it. */
  public void on(ClusterNode node) {
    var prepare =
        "set -e; IPT=iptables-%s; SET=$(ipset save | sed -n 's/^add \\(hfw4-a-[^ ]*\\) 10.99.0.11$/\\1/p'); "
            .formatted(node.backend());
    var clear = node.backend().equals("nft") ? CLEAR_NFT : CLEAR_LEGACY;
    node.run("sh", "-c", prepare + script.replace("$CLEAR", clear));
  }

  @Override
  public String toString() {
    return name;
  }
}
