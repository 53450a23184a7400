package io.hostfirewall.ruleset.importing;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.foreign.RulesFile;
import io.hostfirewall.ruleset.foreign.RulesFileReader;
import io.hostfirewall.ruleset.importing.Importer.Imported;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.walk.Outcome;
import io.hostfirewall.ruleset.walk.Packet;
import io.hostfirewall.ruleset.walk.Sets;
import io.hostfirewall.ruleset.walk.Transport;
import io.hostfirewall.ruleset.walk.Walk;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Random chains that call each other, and random packets: the import decides as the chains do. */
class ImporterPropertyTest {

  private static final List<String> NETWORKS =
      List.of(
          "0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "172.16.0.0/12");

  private static final List<String> SENDERS =
      List.of("10.1.2.3", "10.1.2.4", "10.1.9.9", "10.9.9.9", "172.16.0.1", "203.0.113.1");

  private static final List<String> VERDICTS = List.of("ACCEPT", "DROP", "REJECT", "RETURN");

  /** Chains in an order in which each calls only later ones. */
  private static final List<String> CHAINS = List.of("INPUT", "a", "b", "c");

  /**
   * A rule of one chain.
   *
   * @param protocol empty for any
   */
  record Line(
      int chain, String network, boolean not, String protocol, int first, int last, String target) {

    String text() {
      var text = new StringBuilder("-A " + CHAINS.get(chain));
      if (!network.equals("0.0.0.0/0")) {
        text.append(not ? " ! -s " : " -s ").append(network);
      }
      if (protocol.equals("icmp")) {
        text.append(" -p icmp --icmp-type 8");
      } else if (!protocol.isEmpty()) {
        text.append(" -p %s --dport %d:%d".formatted(protocol, first, last));
      }
      return text.append(' ').append(target).toString();
    }

    boolean meets(Sent packet) {
      var from = Cidr.parse(network).contains(Cidr.parse(packet.source()));
      var named = network.equals("0.0.0.0/0") || from != not;
      var carries =
          protocol.isEmpty()
              || (protocol.equals(packet.protocol())
                  && (protocol.equals("icmp")
                      || (first <= packet.port() && packet.port() <= last)));
      return named && carries;
    }
  }

  record Sent(String source, String protocol, int port) {
    Packet packet() {
      var transport =
          switch (protocol) {
            case "tcp" -> Transport.Tcp.syn(40_000, port);
            case "udp" -> new Transport.Udp(40_000, port);
            default -> new Transport.Icmp(Family.IPV4, 8, 0);
          };
      return Packet.opening("eth0", Cidr.parse(source), Cidr.parse("192.0.2.1"), transport);
    }
  }

  @Provide
  Arbitrary<List<Line>> lines() {
    var chains = Arbitraries.integers().between(0, CHAINS.size() - 1);
    var port = Arbitraries.integers().between(1, 6);
    var line =
        Combinators.combine(
                chains,
                Arbitraries.of(NETWORKS),
                Arbitraries.of(true, false, false),
                Arbitraries.of("", "tcp", "tcp", "udp", "icmp"),
                port,
                port,
                Arbitraries.integers().between(0, 9))
            .as(
                (chain, network, not, protocol, one, other, target) ->
                    new Line(
                        chain,
                        network,
                        not,
                        protocol,
                        Math.min(one, other),
                        Math.max(one, other),
                        target(chain, target)));
    return line.list().ofMinSize(1).ofMaxSize(14);
  }

  private static String target(int chain, int choice) {
    var callable = CHAINS.subList(chain + 1, CHAINS.size());
    if (choice < 5 || callable.isEmpty()) {
      return "-j " + VERDICTS.get(choice % VERDICTS.size());
    }
    return (choice % 2 == 0 ? "-j " : "-g ") + callable.get(choice % callable.size());
  }

  @Provide
  Arbitrary<List<Sent>> packets() {
    return Combinators.combine(
            Arbitraries.of(SENDERS),
            Arbitraries.of("tcp", "udp", "icmp"),
            Arbitraries.integers().between(1, 7))
        .as(Sent::new)
        .list()
        .ofSize(20);
  }

  @Property(tries = 1500)
  void decides_as_the_chains_do(
      @ForAll("lines") List<Line> lines,
      @ForAll boolean open,
      @ForAll("packets") List<Sent> packets) {
    var file = RulesFileReader.read("rules.v4", text(lines, open));
    var imported = Importer.of(List.of(file));
    var rules = Compiler.compile(merged(imported), NodeFacts.standAlone(), Family.IPV4);

    assertThat(imported.policies()).allSatisfy(p -> assertThat(PolicyCheck.check(p)).isEmpty());
    for (var packet : packets) {
      var wanted = decide(lines, 0, packet);
      var outcome = Walk.of(packet.packet(), rules, Sets.withFreshSources(rules.sets())).outcome();
      assertThat(word(outcome))
          .as("%s%n%s%n%s", packet, text(lines, open), imported.policies())
          .isEqualTo(wanted == null ? open ? "ACCEPT" : "DROP" : wanted);
    }
    assertEveryRuleIsSpokenOf(file, imported);
  }

  private static void assertEveryRuleIsSpokenOf(RulesFile file, Imported imported) {
    var spoken =
        imported.findings().stream()
            .filter(finding -> !(finding instanceof Finding.Mistake))
            .map(finding -> finding.place().line())
            .toList();
    for (var table : file.tables()) {
      for (var chain : table.chains()) {
        assertThat(chain.rules()).allMatch(rule -> spoken.contains(rule.line()));
      }
    }
  }

  private static String text(List<Line> lines, boolean open) {
    var text = new StringBuilder("*filter\n:INPUT " + (open ? "ACCEPT" : "DROP") + " [0:0]\n");
    CHAINS.stream().skip(1).forEach(chain -> text.append(":" + chain + " - [0:0]\n"));
    lines.forEach(line -> text.append(line.text()).append('\n'));
    return text.append("COMMIT\n").toString();
  }

  private static EffectivePolicy merged(Imported imported) {
    var policies = new ArrayList<RevisionPolicy>();
    for (var spec : imported.policies()) {
      policies.add(new RevisionPolicy("imported-" + policies.size(), "", 1L, spec));
    }
    return PolicyMerge.merge(policies);
  }

  /** The chains themselves, as simply as can be; null if a chain does not decide. */
  private static @Nullable String decide(List<Line> lines, int chain, Sent packet) {
    for (var line : lines) {
      if (line.chain() != chain || !line.meets(packet)) {
        continue;
      }
      var name = line.target().substring(3);
      if (name.equals("RETURN")) {
        return null;
      }
      if (VERDICTS.contains(name)) {
        return name;
      }
      var decided = decide(lines, CHAINS.indexOf(name), packet);
      if (decided != null || line.target().startsWith("-g")) {
        return decided;
      }
    }
    return null;
  }

  private static String word(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Passes _ -> "ACCEPT";
      case Outcome.Dropped _ -> "DROP";
      case Outcome.Rejected _ -> "REJECT";
      case Outcome.Unknown(var words) -> words;
    };
  }
}
