package io.hostfirewall.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateFolderTest {

  @Test
  void a_second_writer_is_told_who_the_first_is(@TempDir Path folder) throws Exception {
    var state = new StateFolder(folder.resolve("new"));
    try (var _ = state.holdKernel("apply")) {
      assertThatThrownBy(() -> state.holdKernel("cleanup"))
          .isInstanceOf(HeldByOtherException.class)
          .hasMessage(
              "hostfirewall apply (process %d) is changing the rules of this host. Try again when it is done"
                  .formatted(ProcessHandle.current().pid()));
      try (var agent = state.holdAgent("run")) {
        assertThat(agent).isNotNull();
      }
    }
    try (var again = state.holdKernel("cleanup")) {
      assertThat(again).isNotNull();
    }
  }

  @Test
  void disabled_lasts_until_enabled(@TempDir Path folder) {
    var state = new StateFolder(folder);
    assertThat(state.isDisabled()).isFalse();

    state.disable();
    state.disable();
    assertThat(state.isDisabled()).isTrue();

    assertThat(state.enable()).isTrue();
    assertThat(state.enable()).isFalse();
    assertThat(state.isDisabled()).isFalse();
  }
}
