package io.hostfirewall.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommandsTest {

  @Test
  void a_program_that_hangs_is_ended_and_said_to_hang() {
    var commands = new Commands(List.of(), Duration.ofSeconds(1));

    assertThatThrownBy(() -> commands.run(List.of("sleep", "600.25"), ""))
        .isInstanceOf(KernelException.class)
        .hasMessage("sleep did not end within 1 s");
    await()
        .untilAsserted(
            () -> assertThat(ProcessHandle.current().children()).noneMatch(CommandsTest::sleeps));
  }

  private static boolean sleeps(ProcessHandle process) {
    return process.info().commandLine().filter(line -> line.contains("sleep 600.25")).isPresent();
  }

  @Test
  void the_first_complaint_of_a_program_is_passed_on() {
    assertThatThrownBy(
            () ->
                Commands.here().run(List.of("sh", "-c", "echo no >&2; echo more >&2; exit 4"), ""))
        .hasMessage("sh: no");
  }
}
