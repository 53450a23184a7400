package io.hostfirewall.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

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
}
