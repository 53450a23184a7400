package io.hostfirewall.ruleset.importing;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.foreign.RulesFileReader;
import io.hostfirewall.ruleset.importing.Importer.Imported;
import java.util.List;

/** Files that tests import, and what came of them. */
final class Imports {

  static final String FRAME =
      """
      *filter
      :INPUT DROP [0:0]
      :FORWARD DROP [0:0]
      :OUTPUT ACCEPT [0:0]
      -A INPUT -i lo -j ACCEPT
      -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
      %sCOMMIT
      """;

  private Imports() {}

  static Imported ipv4(String text) {
    return Importer.of(List.of(RulesFileReader.read("rules.v4", text)));
  }

  /** What these lines become behind the usual first ones; they begin at line 7. */
  static Imported rules(String... lines) {
    return ipv4(FRAME.formatted(String.join("\n", lines) + "\n"));
  }

  static Imported both(String ipv4, String ipv6) {
    return Importer.of(
        List.of(RulesFileReader.read("rules.v4", ipv4), RulesFileReader.read("rules.v6", ipv6)));
  }

  static void assertPolicy(Imported imported, String spec) {
    assertThat(imported.policies()).containsExactly(Policies.spec("nodeSelector: {}\n" + spec));
    assertThat(imported.policies())
        .allSatisfy(policy -> assertThat(PolicyCheck.check(policy)).isEmpty());
  }

  static List<String> said(Imported imported, Class<? extends Finding> kind) {
    return imported.findings().stream()
        .filter(kind::isInstance)
        .map(finding -> finding.place().line() + " " + finding.sentence())
        .toList();
  }

  static List<String> lost(Imported imported) {
    return said(imported, Finding.NotCarriedOver.class);
  }

  static List<String> mistakes(Imported imported) {
    return said(imported, Finding.Mistake.class);
  }
}
