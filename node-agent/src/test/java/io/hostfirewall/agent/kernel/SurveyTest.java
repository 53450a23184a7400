package io.hostfirewall.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SurveyTest {

  @Test
  void the_back_end_is_kubelets_unless_somebody_names_another() {
    var survey = new HostKernel.Survey(Backend.LEGACY, Set.of(), Set.of(), false);

    assertThat(survey.choose(BackendChoice.AUTO)).isEqualTo(Backend.LEGACY);
    assertThat(survey.choose(BackendChoice.NFT)).isEqualTo(Backend.NFT);
  }

  @Test
  void marks_of_kubelet_in_the_one_that_we_do_not_use_are_told_with_what_to_do() {
    var moved = survey(Set.of(Backend.LEGACY));
    assertThat(moved.other(Backend.NFT))
        .isEqualTo(
            "kubelet uses iptables-legacy, and we iptables-nft: both are enforced. Restart the agent");
    assertThat(moved.other(Backend.LEGACY)).isEmpty();

    var both = survey(Set.of(Backend.values()));
    assertThat(both.other(Backend.NFT))
        .startsWith("kubelet left its chains in iptables-legacy too, and both are enforced.")
        .contains("Boot the node")
        .contains("set agent.backend if kubelet uses iptables-legacy");
    assertThat(both.other(Backend.LEGACY)).contains("in iptables-nft too");
    assertThat(survey(Set.of()).other(Backend.NFT)).isEmpty();
  }

  private static HostKernel.Survey survey(Set<Backend> kubelet) {
    return new HostKernel.Survey(Backend.NFT, Set.of(), kubelet, false);
  }

  @Test
  void rules_of_ours_in_the_other_back_end_are_found() {
    var survey = new HostKernel.Survey(Backend.NFT, Set.of(Backend.LEGACY), Set.of(), false);

    assertThat(survey.choose(BackendChoice.AUTO)).isEqualTo(Backend.NFT);
    assertThat(survey.former(Backend.NFT)).contains(Backend.LEGACY);
    assertThat(survey.former(Backend.LEGACY)).isEmpty();
    assertThat(survey.inUse()).isEqualTo(Backend.LEGACY);
  }

  /** A host on which each of these programs does what is said, and all others print nothing. */
  private static HostKernel host(Path folder, Map<String, String> programs) throws IOException {
    var script = new StringBuilder("case $1 in\n");
    programs.forEach((name, does) -> script.append("%s) %s ;;\n".formatted(name, does)));
    var file = Files.writeString(folder.resolve("host"), script + "esac\n");
    return new HostKernel(new Commands(List.of("sh", file.toString())));
  }

  @Test
  void a_program_that_fails_does_not_say_that_nothing_stands_there(@TempDir Path folder)
      throws Exception {
    var failing = host(folder, Map.of("iptables-legacy-save", "echo out of memory >&2; exit 1"));
    assertThatThrownBy(failing::survey)
        .isInstanceOf(KernelException.class)
        .hasMessageContaining("out of memory");

    for (var nothing :
        Map.of(
                "iptables-nft-save", "Failed to initialize nft: Protocol not supported",
                "iptables-legacy-save", "Permission denied (you must be root)")
            .entrySet()) {
      var said = "echo '%s' >&2; exit 1".formatted(nothing.getValue());
      assertThat(host(folder, Map.of(nothing.getKey(), said)).survey().ours()).isEmpty();
    }
  }

  @Test
  void chains_of_a_table_that_iptables_does_not_show_are_told_by_nft(@TempDir Path folder)
      throws Exception {
    var hidden = "echo \"# Table \\`filter' is incompatible, use 'nft' tool.\"";
    var chains = "printf 'table ip filter {\\n\\tchain HFW-INPUT {\\n\\t}\\n}\\n'";

    var survey = host(folder, Map.of("iptables-nft-save", hidden, "nft", chains)).survey();

    assertThat(survey.ours()).containsExactly(Backend.NFT);
  }
}
