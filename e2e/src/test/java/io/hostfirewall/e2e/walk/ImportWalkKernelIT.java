package io.hostfirewall.e2e.walk;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.policyfile.PolicyText;
import io.hostfirewall.e2e.kernel.Claims;
import io.hostfirewall.e2e.kernel.Figures;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.foreign.RulesFileReader;
import io.hostfirewall.ruleset.importing.Hook;
import io.hostfirewall.ruleset.importing.Importer;
import io.hostfirewall.ruleset.importing.Importer.Imported;
import io.hostfirewall.ruleset.importing.Packets;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Protocol;
import java.util.List;
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
 * Rules by chance and what is imported of them, both loaded: the kernel lets the same packets pass,
 * wherever the import claims so, on both back ends and in both families. {@code
 * -Djqwik.tries.default} says how many texts are tried; a failure prints its seed and the smallest
 * text and packets found.
 */
class ImportWalkKernelIT {

  private static final int MOST_PACKETS = 120;

  /** In how many imports a missing rule must be found once. */
  private static final int MOST_CONTROLS = 60;

  private static Kernels kernels;
  private static long compared;
  private static long left;

  /**
   * Rules as somebody wrote them, and packets.
   *
   * @param rules a text for iptables-restore
   */
  record Written(Family family, String rules, List<Probe> packets) {
    @Override
    public String toString() {
      return rules + packets.stream().map(p -> p + "\n").reduce("", String::concat);
    }
  }

  @BeforeContainer
  static void make() {
    kernels = new Kernels();
  }

  @AfterContainer
  static void destroy() {
    kernels.close();
    Figures.note(
        "%d packets decided by %d imports as by their rules; %d not claimed"
            .formatted(compared, kernels.runs(), left));
  }

  @Provide
  static Arbitrary<Written> written() {
    return Arbitraries.of(Family.class).flatMap(ImportWalkKernelIT::written);
  }

  private static Arbitrary<Written> written(Family family) {
    var packets =
        ProbeArbitraries.questions(family)
            .list()
            .ofMinSize(1)
            .ofMaxSize(MOST_PACKETS)
            .withSizeDistribution(RandomDistribution.uniform());
    return Combinators.combine(RulesTextArbitraries.texts(family), packets)
        .as((rules, some) -> new Written(family, rules, some));
  }

  @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.FULL)
  void an_import_decides_as_its_rules_do_wherever_it_claims_so(@ForAll("written") Written any) {
    assertSame(any, imported(any));
  }

  private static void assertSame(Written any, Imported imported) {
    var run = kernels.nextRun();
    var text = any.rules().replace(RulesTextArbitraries.RUN, Integer.toString(run));
    var claimed = any.packets().stream().filter(probe -> isClaimed(imported, probe)).toList();
    compared += claimed.size();
    left += any.packets().size() - claimed.size();
    var policies = new Case(Site.ALONE, imported.policies(), null, List.of());
    var rules = policies.rules(any.family(), run);
    for (var subject : kernels.subjects()) {
      subject.loadText(any.family(), text);
      var before = subject.passing(any.family(), claimed);
      subject.loadText(any.family(), "");
      subject.load(rules, policies.sets(rules));
      assertThat(subject.passing(any.family(), claimed))
          .as("%s%n%s", subject.backEnd(), PolicyText.of("imported", imported.policies()))
          .isEqualTo(before);
    }
  }

  private static Imported imported(Written any) {
    var name = any.family() == Family.IPV4 ? "rules.v4" : "rules.v6";
    var imported = Importer.of(List.of(RulesFileReader.read(name, any.rules())));
    assertThat(imported.policies())
        .allSatisfy(policy -> assertThat(PolicyCheck.check(policy)).isEmpty());
    return imported;
  }

  private static boolean isClaimed(Imported imported, Probe probe) {
    var hook =
        probe.isSent()
            ? Hook.OUTPUT
            : Addresses.of(probe.family()).isOwn(probe.destination()) ? Hook.INPUT : Hook.FORWARD;
    return Claims.cover(imported, kind(probe, hook), hook);
  }

  private static Packets kind(Probe probe, Hook hook) {
    var from = Cidr.parse(probe.source());
    var to = Cidr.parse(probe.destination());
    var in = probe.isSent() ? "+" : probe.in();
    var kind =
        probe.isIcmp()
            ? Packets.question(from, to, in, probe.type(), probe.code())
            : Packets.connection(
                new Protocol(probe.protocol()), from, to, in, probe.destinationPort());
    return hook == Hook.INPUT ? kind : kind.leavingBy(Routes.device(probe.destination()));
  }

  /** The control: what is imported are the rules but for one. */
  @Example
  void an_import_that_lacks_a_rule_is_found() {
    assertThat(List.of("INPUT", "FORWARD", "OUTPUT", "POSTROUTING"))
        .allMatch(ImportWalkKernelIT::isMissed);
  }

  private static boolean isMissed(String chain) {
    return written()
        .sampleStream()
        .filter(any -> !lacking(chain, any).policies().equals(imported(any).policies()))
        .limit(MOST_CONTROLS)
        .anyMatch(any -> differs(any, lacking(chain, any)));
  }

  private static Imported lacking(String chain, Written any) {
    var others = any.rules().replaceFirst("(?m)^-A %s .*\n".formatted(chain), "");
    return imported(new Written(any.family(), others, any.packets()));
  }

  private static boolean differs(Written any, Imported imported) {
    try {
      assertSame(any, imported);
      return false;
    } catch (AssertionError _) {
      return true;
    }
  }
}
