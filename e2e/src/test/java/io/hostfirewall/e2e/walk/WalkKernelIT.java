package io.hostfirewall.e2e.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.e2e.kernel.Figures;
import io.hostfirewall.e2e.walk.CrowdArbitraries.Crowds;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * The walk says of every packet what the kernel does with it, down to the rule: any policies, any
 * packets, on both back ends and in both families. {@code -Djqwik.tries.default} says how many
 * policies are tried. A failure prints its seed and the smallest case found, to be put into {@code
 * src/test/resources/walk}: what stands there is tried every time.
 */
class WalkKernelIT {

  private static final Path CASES = Path.of("src/test/resources/walk");
  private static final int MOST_PACKETS = 300;

  private static final String OWN_ADDRESS = "is refused: it is the node's own address";

  /** What the arbitraries leave out, each with the reason. */
  private static final Map<String, String> NOT_TRIED =
      Map.ofEntries(
          Map.entry("spec.nodeSelector", "picks nodes, not packets"),
          Map.entry("spec.acknowledgeLockout", "is about who is connected while rules change"),
          Map.entry("spec.ingress[].to[].addressSet", OWN_ADDRESS),
          Map.entry("spec.ingress[].to[].nodes", OWN_ADDRESS),
          Map.entry("spec.egress[].from", "is refused: the node itself sends"),
          Map.entry("spec.egress[].connectionLimit", "is refused: all has one source"),
          Map.entry(
              "spec.egress[].rateLimit.sourcePrefixLength", "is refused: all has one source"));

  private static Kernels kernels;

  @BeforeContainer
  static void make() {
    kernels = new Kernels();
  }

  @AfterContainer
  static void destroy() {
    kernels.close();
    Figures.note(
        "%d packets judged under %d policies as the walk says"
            .formatted(kernels.judged(), kernels.runs()));
  }

  @Provide
  static Arbitrary<Case> cases() {
    var packets =
        ProbeArbitraries.probes()
            .list()
            .ofMaxSize(MOST_PACKETS)
            .withSizeDistribution(RandomDistribution.uniform());
    return Combinators.combine(
            Arbitraries.of(Site.class),
            PolicyArbitraries.policies(),
            CrowdArbitraries.crowds(),
            packets)
        .as(WalkKernelIT::together);
  }

  private static Case together(
      Site site, List<HostFirewallPolicySpec> policies, Crowds crowds, List<Probe> packets) {
    return new Case(
        site,
        policies,
        crowds.before(),
        Stream.concat(crowds.after().stream(), packets.stream()).toList());
  }

  @Example
  void what_once_was_wrong_is_right() throws IOException {
    try (var files = Files.list(CASES)) {
      for (var file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        assertThat(kernels.differences(Case.parse(Files.readString(file))))
            .as(file.toString())
            .isEmpty();
      }
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.FULL)
  void the_kernel_does_what_the_walk_says(@ForAll("cases") Case any) {
    assertThat(kernels.differences(any)).isEmpty();
  }

  @Example
  void every_field_of_the_schema_is_tried_or_left_out_for_a_reason() throws IOException {
    var tried =
        PolicyArbitraries.policy()
            .sampleStream()
            .limit(3000)
            .flatMap(policy -> Schema.fields(policy).stream())
            .collect(Collectors.toSet());
    assertThat(Schema.fields())
        .filteredOn(field -> NOT_TRIED.keySet().stream().noneMatch(field::startsWith))
        .isNotEmpty()
        .allMatch(tried::contains, "is tried");
    assertThat(tried).noneMatch(field -> NOT_TRIED.keySet().stream().anyMatch(field::startsWith));
  }

  @Example
  void what_connection_tracking_says_first_is_known_of_all_icmp_types_and_tcp_flags() {
    var packets = new ArrayList<Probe>();
    for (var family : Family.values()) {
      var icmp = family == Family.IPV4 ? Probe.ICMP : Probe.ICMPV6;
      for (var bits = 0; bits < 256; bits++) {
        packets.add(stranger(family, icmp, 0, "", bits));
        packets.add(stranger(family, Probe.TCP, 80, flags(bits), 0));
      }
    }
    var policy =
        Serialization.unmarshal(
            "nodeSelector: {}\nprotections: {bogusTcpFlags: Disabled}\n",
            HostFirewallPolicySpec.class);

    assertThat(kernels.differences(new Case(Site.ALONE, List.of(policy), null, packets))).isEmpty();
  }

  private static Probe stranger(Family family, int protocol, int port, String flags, int type) {
    var addresses = Addresses.of(family);
    var source = addresses.sources().getFirst();
    return new Probe(
        "eth0",
        null,
        source,
        addresses.host(),
        protocol,
        port,
        port,
        flags,
        type,
        0,
        64,
        false,
        Past.NONE,
        null);
  }

  private static String flags(int bits) {
    var letters = new StringBuilder();
    for (var i = 0; i < Byte.SIZE; i++) {
      if ((bits & 1 << i) != 0) {
        letters.append("FSRPAUEC".charAt(i));
      }
    }
    return letters.toString();
  }

  /**
   * The control: in the kernel two rules of the user have changed places, for what comes to the
   * host, for what it routes, translates and sends, and where rules only count.
   */
  @Example
  void two_rules_that_changed_places_are_found() {
    assertThat(
            List.of(
                "RULES",
                "FWD-RULES",
                "DNAT-RULES",
                "OUTPUT-RULES",
                "A-RULES",
                "A-FWD-RULES",
                "OUTPUT-A-RULES"))
        .allMatch(name -> isFound(chain -> exchanged(name, chain)));
  }

  /** The control of routes: the kernel lets pass whatever comes by another way than it would go. */
  @Example
  void a_strict_look_at_routes_that_became_a_loose_one_is_found() {
    assertThat(isFound(WalkKernelIT::loosened)).isTrue();
  }

  /** The control of connections: the kernel lets each source have one more. */
  @Example
  void one_connection_more_than_allowed_is_found() {
    assertThat(isFound(WalkKernelIT::oneMore)).isTrue();
  }

  private static boolean isFound(UnaryOperator<Chain> damage) {
    return cases()
        .sampleStream()
        .filter(
            any ->
                Stream.of(Family.values())
                    .map(family -> any.rules(family, 0))
                    .anyMatch(rules -> !changed(rules, damage).equals(rules)))
        .limit(100)
        .anyMatch(any -> !kernels.differences(any, rules -> changed(rules, damage)).isEmpty());
  }

  private static RuleSet changed(RuleSet rules, UnaryOperator<Chain> change) {
    var tables =
        rules.tables().stream()
            .map(table -> new Table(table.name(), table.chains().stream().map(change).toList()))
            .toList();
    return new RuleSet(rules.family(), tables, rules.sets());
  }

  private static Chain loosened(Chain chain) {
    return changed(
        chain,
        match ->
            match.equals(new Match.ReversePathFails(false))
                ? new Match.ReversePathFails(true)
                : match);
  }

  private static Chain oneMore(Chain chain) {
    return changed(
        chain,
        match ->
            match instanceof Match.ConnectionsAbove(var count, var prefix)
                ? new Match.ConnectionsAbove(count + 1, prefix)
                : match);
  }

  private static Chain changed(Chain chain, UnaryOperator<Match> change) {
    return new Chain(
        chain.name(),
        chain.rules().stream()
            .map(
                rule ->
                    new Rule(
                        rule.matches().stream().map(change).toList(),
                        rule.verdict(),
                        rule.origin()))
            .toList());
  }

  private static Chain exchanged(String name, Chain chain) {
    if (!chain.name().equals(name)) {
      return chain;
    }
    var rules = new ArrayList<>(chain.rules());
    IntStream.range(1, rules.size())
        .filter(i -> areTwoOfTheUser(rules.get(i - 1).origin(), rules.get(i).origin()))
        .findFirst()
        .ifPresent(i -> Collections.swap(rules, i - 1, i));
    return new Chain(chain.name(), rules);
  }

  private static boolean areTwoOfTheUser(Origin one, Origin next) {
    return isOfTheUser(one) && isOfTheUser(next) && !one.equals(next);
  }

  private static boolean isOfTheUser(Origin origin) {
    return switch (origin) {
      case Origin.PolicyRule _ -> true;
      case Origin.Audited(_, var audited) -> isOfTheUser(audited);
      default -> false;
    };
  }
}
