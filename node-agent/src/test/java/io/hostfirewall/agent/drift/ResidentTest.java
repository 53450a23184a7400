package io.hostfirewall.agent.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.agent.kernel.Commands;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ResidentTest {

  /** Asks a program that says nothing until it reads something; perhaps it then goes on. */
  private static final class Asking extends Resident {
    private final AtomicReference<Optional<Process>> asked =
        new AtomicReference<>(Optional.empty());
    private final boolean answered;

    private Asking(boolean answered) {
      super(Commands.here(), List.of("cat"), Map.of(), () -> {});
      this.answered = answered;
    }

    @Override
    void speak(Process program) throws IOException, InterruptedException {
      var answers = program.inputReader();
      if (answered) {
        program.outputWriter().append("yes\n").flush();
        assertThat(ask(answers::readLine)).isEqualTo("yes");
        asked.set(Optional.of(program));
        var _ = answers.readLine();
      } else {
        asked.set(Optional.of(program));
        var _ = ask(answers::readLine);
      }
      throw new IOException("ended");
    }

    private Process started() {
      start();
      return await().until(asked::get, Optional::isPresent).orElseThrow();
    }
  }

  @Test
  void a_program_that_owes_an_answer_for_too_long_is_ended() {
    try (var silent = new Asking(false)) {
      var program = silent.started();
      silent.endIfSilent();
      assertThat(program.isAlive()).as("it has some time").isTrue();

      await()
          .untilAsserted(
              () -> {
                silent.endIfSilent(Duration.ofMillis(1));
                assertThat(program.isAlive()).isFalse();
              });
    }
  }

  @Test
  void a_program_that_has_answered_may_be_silent_for_ever() {
    try (var answering = new Asking(true)) {
      var program = answering.started();
      answering.endIfSilent(Duration.ofNanos(-1));
      assertThat(program.isAlive()).isTrue();
    }
  }
}
