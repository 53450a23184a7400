package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.cli.StatusReport.FamilyReport;
import io.hostfirewall.agent.cli.StatusReport.RuleReport;
import io.hostfirewall.agent.cli.StatusReport.SetReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlainTextTest {

  @Test
  void letters_of_all_scripts_stay() {
    var text = "ä – 日本 🔥 \"x\"";

    assertThat(PlainText.line(text)).isEqualTo(text);
    assertThat(PlainText.lines("a\n" + text)).isEqualTo("a\n" + text);
  }

  @Test
  void line_ends_stay_where_they_are_ours() {
    assertThat(PlainText.lines("a\nb\u001b\r\n")).isEqualTo("a\nb??\n");
    assertThat(PlainText.line("a\nb\u001b\r\n")).isEqualTo("a b? ");
  }

  @Test
  void the_rules_of_a_host_forge_no_line_of_its_status() {
    var rule = new RuleReport("filter", "INPUT", "-j ACCEPT\n  enforced\u001b[1A", "", 1, 2);
    var report =
        new StatusReport(
            false,
            false,
            true,
            "nothing is loaded",
            "",
            "",
            "nft",
            "none",
            0,
            List.of(
                new FamilyReport("ipv4", "", List.of("a rule is gone\nEnforced"), List.of(rule))),
            List.of(new SetReport("x\ny", 3)));

    assertThat(report.text())
        .endsWith(
            """
            ipv4
              drift: a rule is gone Enforced
              filter INPUT
                       1  -j ACCEPT   enforced?[1A

            sets
                       3  x y""");
  }
}
