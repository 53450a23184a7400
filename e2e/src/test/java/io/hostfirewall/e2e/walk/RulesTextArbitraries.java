package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/** Texts for iptables-restore as people write them, about what probes could be told apart by. */
final class RulesTextArbitraries {

  /** Stands in a text for a number that no other text has. */
  static final String RUN = "@";

  private static final List<String> OF_FILTER = List.of("INPUT", "FORWARD", "OUTPUT");

  private static final List<String> OF_MANGLE =
      List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");

  /** Chains that rules call, in an order in which each calls only later ones. */
  private static final List<String> CALLED = List.of("guests", "web", "last");

  private static final Set<String> WITHOUT_IN = Set.of("OUTPUT", "POSTROUTING");
  private static final Set<String> WITHOUT_OUT = Set.of("INPUT", "PREROUTING");

  private final Family family;

  private RulesTextArbitraries(Family family) {
    this.family = family;
  }

  static Arbitrary<String> texts(Family family) {
    var texts = new RulesTextArbitraries(family);
    var raw = texts.table("raw", List.of("PREROUTING"), List.of(), List.of("DROP", "ACCEPT"), 2);
    var mangle = texts.table("mangle", OF_MANGLE, List.of(), List.of("DROP", "ACCEPT"), 3);
    var filter =
        texts.table("filter", OF_FILTER, CALLED, List.of("ACCEPT", "DROP", "REJECT", "LOG"), 14);
    return Combinators.combine(
            often(1, raw, 3, Arbitraries.just("")),
            often(1, mangle, 3, Arbitraries.just("")),
            filter)
        .as((first, second, third) -> first + second + third);
  }

  private static <T> Arbitrary<T> often(
      int times, Arbitrary<T> some, int otherTimes, Arbitrary<T> others) {
    return Arbitraries.frequencyOf(Tuple.of(times, some), Tuple.of(otherTimes, others));
  }

  private Arbitrary<String> table(
      String name, List<String> builtIn, List<String> called, List<String> targets, int most) {
    var chains = new ArrayList<>(builtIn);
    chains.addAll(called);
    var rules =
        Arbitraries.of(chains)
            .flatMap(chain -> rule(chain, called, targets))
            .list()
            .ofMinSize(1)
            .ofMaxSize(most);
    var policies = Arbitraries.of("ACCEPT", "DROP").list().ofSize(builtIn.size());
    return Combinators.combine(policies, rules)
        .as(
            (policy, lines) -> {
              var text = new StringBuilder("*" + name + "\n");
              for (var i = 0; i < builtIn.size(); i++) {
                var closed = name.equals("filter") ? policy.get(i) : "ACCEPT";
                text.append(":%s %s [0:0]\n".formatted(builtIn.get(i), closed));
              }
              called.forEach(chain -> text.append(":%s - [0:0]\n".formatted(chain)));
              lines.forEach(line -> text.append(line).append('\n'));
              return text.append("COMMIT\n").toString();
            });
  }

  private Arbitrary<String> rule(String chain, List<String> called, List<String> targets) {
    var later = called.subList(called.indexOf(chain) + 1, called.size());
    var decisions = Arbitraries.of(targets).map(target -> "-j " + target);
    var others = new ArrayList<>(List.of("-j RETURN"));
    later.forEach(name -> others.addAll(List.of("-j " + name, "-g " + name)));
    return Combinators.combine(
            ends(),
            devices(chain).injectNull(0.8),
            payload().injectNull(0.2),
            state().injectNull(0.7),
            limit().injectNull(0.85),
            often(3, decisions, 2, Arbitraries.of(others)))
        .as(
            (ends, device, payload, state, limit, target) ->
                words("-A " + chain, ends, device, payload, state, limit, target));
  }

  private static String words(@Nullable String... words) {
    return Stream.of(words)
        .filter(some -> some != null && !some.isEmpty())
        .collect(Collectors.joining(" "));
  }

  /** From where to where; iptables refuses exceptions beside lists. */
  private Arbitrary<String> ends() {
    return Combinators.combine(networks("-s").injectNull(0.6), networks("-d").injectNull(0.85))
        .as(RulesTextArbitraries::words)
        .filter(words -> !(words.contains("!") && words.contains(",")));
  }

  private Arbitrary<String> networks(String option) {
    var networks =
        Arbitraries.of(
            PolicyArbitraries.NETWORKS.stream()
                .filter(network -> family == Family.IPV6 == network.contains(":"))
                .toList());
    var one =
        Combinators.combine(Arbitraries.of("", "", "! "), networks)
            .as((not, network) -> "%s%s %s".formatted(not, option, network))
            .filter(words -> !isNobody(words));
    var two = networks.list().ofSize(2).uniqueElements();
    return often(6, one, 1, two.map(some -> option + " " + String.join(",", some)));
  }

  /** Which ip6tables-nft refuses. */
  private static boolean isNobody(String words) {
    return words.startsWith("!") && words.endsWith("/0");
  }

  private static Arbitrary<String> devices(String chain) {
    var options = new ArrayList<String>();
    if (!WITHOUT_IN.contains(chain)) {
      options.add("-i");
    }
    if (!WITHOUT_OUT.contains(chain)) {
      options.add("-o");
    }
    return Combinators.combine(
            Arbitraries.of("", "", "! "),
            Arbitraries.of(options),
            Arbitraries.of("eth0", "eth+", "bond1", "cni0", "lo"))
        .as("%s%s %s"::formatted);
  }

  private Arbitrary<String> payload() {
    var icmp =
        family == Family.IPV4
            ? Arbitraries.of(
                "-p icmp",
                "-p icmp --icmp-type echo-request",
                "-p icmp -m icmp --icmp-type 8/0",
                "-p icmp ! --icmp-type 8",
                "-p icmp --icmp-type destination-unreachable",
                "-p 1 --icmp-type timestamp-request")
            : Arbitraries.of(
                "-p ipv6-icmp",
                "-p icmpv6 --icmpv6-type echo-request",
                "-p ipv6-icmp -m icmp6 --icmpv6-type 128/0",
                "-p icmpv6 ! --icmpv6-type 128",
                "-p icmpv6 --icmpv6-type neighbour-solicitation",
                "-p 58 --icmpv6-type 139");
    var others =
        Arbitraries.of(
            "-p tcp",
            "-p udp",
            "-p all",
            "-p 47",
            "-p sctp",
            "-p esp",
            "-p tcp --syn",
            "-p tcp ! --syn",
            "-p tcp --tcp-flags ALL NONE",
            "-p tcp --tcp-flags SYN,ACK SYN",
            "-p udp --sport 67 --dport 68",
            "-p tcp -m tcp --sport 1024:");
    return Arbitraries.frequencyOf(Tuple.of(6, ports()), Tuple.of(2, icmp), Tuple.of(2, others));
  }

  private static Arbitrary<String> ports() {
    var protocol = Arbitraries.of("tcp", "tcp", "udp", "sctp");
    var port = ProbeArbitraries.port();
    var one =
        Combinators.combine(
                protocol,
                Arbitraries.of(
                    "-p %s --dport %d",
                    "-p %1$s -m %1$s --dport %2$d",
                    "-p %s ! --dport %d",
                    "--protocol %s --destination-port :%d",
                    "-p %s --dport %d:"),
                port)
            .as((name, form, number) -> form.formatted(name, number));
    var several =
        Combinators.combine(
                protocol,
                Arbitraries.of("--dports", "--destination-ports"),
                port.list().ofMinSize(1).ofMaxSize(4),
                Arbitraries.of("", "", "! "))
            .as(
                (name, option, numbers, not) ->
                    "-p %s -m multiport %s%s %s"
                        .formatted(
                            name,
                            not,
                            option,
                            numbers.stream()
                                .map(String::valueOf)
                                .collect(Collectors.joining(","))));
    return often(3, one, 1, several);
  }

  private static Arbitrary<String> state() {
    return Arbitraries.of(
        "-m state --state NEW",
        "-m conntrack --ctstate NEW",
        "-m conntrack --ctstate NEW,ESTABLISHED",
        "-m conntrack --ctstate RELATED,ESTABLISHED",
        "-m conntrack ! --ctstate NEW",
        "-m conntrack ! --ctstate INVALID",
        "-m conntrack --ctstate INVALID",
        "-m conntrack --ctstate DNAT",
        "-m conntrack --ctstate NEW,UNTRACKED",
        "-m comment --comment \"it's \\\"so\\\"\"",
        "-m mark --mark 7",
        "-m pkttype --pkt-type broadcast");
  }

  /** From which nothing comes back while a test runs. */
  private static Arbitrary<String> limit() {
    var plain =
        Combinators.combine(Arbitraries.of("1/hour", "3/hour"), Arbitraries.of(1, 2, 5))
            .as("-m limit --limit %s --limit-burst %d"::formatted);
    var bySource =
        Combinators.combine(
                Arbitraries.of("upto", "above"),
                Arbitraries.of(1, 3),
                Arbitraries.of(
                    "", " --hashlimit-srcmask 24", " --hashlimit-htable-expire 90000000"),
                Arbitraries.of("a", "b", "c", "d", "e"))
            .as(
                (which, burst, more, name) ->
                    "-m hashlimit --hashlimit-%s 1/hour --hashlimit-burst %d --hashlimit-mode srcip --hashlimit-name %s%s%s"
                        .formatted(which, burst, name, RUN, more));
    return Arbitraries.oneOf(plain, bySource);
  }
}
