package io.hostfirewall.ruleset.fuzz;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Texts between what iptables-save prints and plain noise. */
final class RulesTexts {

  private static final List<String> WORDS =
      List.of(
          "-A",
          "-I",
          "-N",
          "-P",
          "-F",
          "-D",
          "-t",
          "INPUT",
          "OUTPUT",
          "FORWARD",
          "chain",
          "!",
          "-p",
          "tcp",
          "udp",
          "icmp",
          "all",
          "-s",
          "-d",
          "10.0.0.0/8",
          "10.0.0.1/8",
          "::1",
          "fe80::/10",
          "0/0",
          "1.2.3.4/255.0.255.0",
          "a.example",
          "-i",
          "-o",
          "eth0",
          "lo",
          "+",
          "-m",
          "state",
          "conntrack",
          "--state",
          "--ctstate",
          "NEW",
          "ESTABLISHED,",
          "RELATED",
          "--dport",
          "--sport",
          "--dports",
          "22",
          "ssh",
          "1:65535",
          ":",
          "65536",
          "99999999999999999999",
          "-1",
          "multiport",
          "--icmp-type",
          "echo-request",
          "255/255",
          "any",
          "hashlimit",
          "--hashlimit-upto",
          "1/min",
          "0/sec",
          "9999999999/day",
          "--hashlimit-burst",
          "--hashlimit-mode",
          "srcip",
          "--hashlimit-name",
          "n",
          "--hashlimit-htable-expire",
          "limit",
          "--limit",
          "--limit-burst",
          "recent",
          "--set",
          "--update",
          "--seconds",
          "connlimit",
          "--connlimit-above",
          "--tcp-flags",
          "ALL",
          "SYN,ACK",
          "--syn",
          "-j",
          "-g",
          "ACCEPT",
          "DROP",
          "REJECT",
          "RETURN",
          "LOG",
          "--log-prefix",
          "--reject-with",
          "tcp-reset",
          "-c",
          "1,2",
          "--",
          "-",
          "--x=y",
          "\"",
          "\"a b\"",
          "\\\"",
          "'",
          "#",
          "–dport",
          "$IF",
          "-m",
          "comment",
          "--comment",
          "set",
          "--match-set",
          "src",
          "[1:2]",
          "[0:0]",
          "*filter",
          "COMMIT",
          ":INPUT",
          ":x",
          "-",
          "\t");

  private RulesTexts() {}

  static Arbitrary<String> texts() {
    var words =
        Arbitraries.frequencyOf(
            Tuple.of(20, Arbitraries.of(WORDS)), Tuple.of(1, Arbitraries.strings().ofMaxLength(8)));
    var loose = words.list().ofMaxSize(20).map(list -> String.join(" ", list));
    var rules =
        Combinators.combine(Arbitraries.of("INPUT", "x", "FORWARD"), loose)
            .as((chain, rest) -> "-A " + chain + " " + rest);
    var frame = Arbitraries.of("*filter", "COMMIT", ":INPUT DROP [0:0]", ":x - [0:0]", "*nat", "");
    Arbitrary<String> noise = Arbitraries.strings().ofMaxLength(80);
    return Arbitraries.frequencyOf(
            Tuple.of(6, rules), Tuple.of(2, loose), Tuple.of(4, frame), Tuple.of(1, noise))
        .list()
        .ofMaxSize(25)
        .map(lines -> String.join("\n", lines));
  }
}
