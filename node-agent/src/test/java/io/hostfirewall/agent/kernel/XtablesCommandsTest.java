package io.hostfirewall.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class XtablesCommandsTest {

  @TempDir private Path folder;
  private Path rules;
  private Commands commands;

  /** A program that repeats its words, and prints as many others as there are. */
  @BeforeEach
  void install() throws IOException {
    rules = folder.resolve("rules");
    var script = folder.resolve("iptables");
    Files.writeString(script, "echo \"# $*\"\n[ $# -gt 2 ] || cat %s\n".formatted(rules));
    commands = new Commands(List.of("sh", script.toString()));
  }

  private void others(int letters) throws IOException {
    Files.writeString(rules, "x".repeat(letters));
  }

  @Test
  void few_rules_are_read_by_one_program() throws Exception {
    others(1000);
    var iptables = new XtablesCommands(Backend.NFT, commands);
    for (var i = 0; i < 2; i++) {
      assertThat(iptables.save(Family.IPV4)).startsWith("# iptables-nft-save -c\n").endsWith("xx");
    }
  }

  @Test
  void of_many_only_the_tables_that_matter() throws Exception {
    others(1_000_000);
    var iptables = new XtablesCommands(Backend.NFT, commands);
    assertThat(iptables.save(Family.IPV4)).hasSizeGreaterThan(1_000_000);
    assertThat(iptables.save(Family.IPV4))
        .isEqualTo("# iptables-nft-save -c -t raw\n# iptables-nft-save -c -t filter\n");
    assertThat(iptables.save(Family.IPV4, XtablesCommands.OF_INTEREST)).contains("-t mangle");
    assertThat(iptables.save(Family.IPV6))
        .as("the other family")
        .startsWith("# ip6tables-nft-save -c\n");
  }

  @Test
  void on_legacy_no_table_is_named_which_would_make_it() throws Exception {
    others(1_000_000);
    var iptables = new XtablesCommands(Backend.LEGACY, commands);
    for (var i = 0; i < 2; i++) {
      assertThat(iptables.save(Family.IPV4)).startsWith("# iptables-legacy-save -c\n");
    }
  }

  @Test
  void a_table_that_iptables_does_not_show_is_not_taken_for_an_empty_one() throws Exception {
    var iptables = new XtablesCommands(Backend.NFT, commands);
    for (var table : List.of("raw", "filter")) {
      Files.writeString(
          rules, "*nat\nCOMMIT\n# Table `%s' is incompatible, use 'nft' tool.\n".formatted(table));
      assertThatThrownBy(() -> iptables.save(Family.IPV6))
          .isInstanceOf(HiddenTableException.class)
          .hasMessageContaining("See nft list table ip6 " + table);
    }
    Files.writeString(rules, "# Table `nat' is incompatible, use 'nft' tool.\n");
    assertThat(iptables.save(Family.IPV6)).contains("nat");
  }
}
