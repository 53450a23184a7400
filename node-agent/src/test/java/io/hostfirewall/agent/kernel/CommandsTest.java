package io.hostfirewall.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CommandsTest {

  /** More than the machine has cores, and none reads what it is given. */
  @Test
  @Timeout(20)
  void programs_that_hang_are_ended_with_all_they_have_started() {
    var commands = new Commands(List.of(), Duration.ofSeconds(1));
    var hanging =
        Stream.generate(() -> started(commands))
            .limit(Runtime.getRuntime().availableProcessors() + 1L)
            .toList();

    for (var program : hanging) {
      assertThatThrownBy(() -> Kernel.result(program))
          .isInstanceOf(KernelException.class)
          .hasMessage("sh did not end within 1 s");
    }
    await()
        .untilAsserted(
            () -> assertThat(ProcessHandle.allProcesses()).noneMatch(CommandsTest::sleeps));
  }

  private static FutureTask<String> started(Commands commands) {
    var input = "x".repeat(1_000_000);
    return Kernel.started(() -> commands.run(List.of("sh", "-c", "sleep 600.25; exit 0"), input));
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
