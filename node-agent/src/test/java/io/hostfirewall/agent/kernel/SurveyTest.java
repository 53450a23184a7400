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
  void rules_of_ours_in_the_other_back_end_are_found() {
    var survey = new HostKernel.Survey(Backend.NFT, Set.of(Backend.LEGACY), Set.of(), false);

    assertThat(survey.choose(BackendChoice.AUTO)).isEqualTo(Backend.NFT);
    assertThat(survey.former(Backend.NFT)).contains(Backend.LEGACY);
    assertThat(survey.former(Backend.LEGACY)).isEmpty();
    assertThat(survey.inUse()).isEqualTo(Backend.LEGACY);
  }
}
