package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Wanted;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuestionTest {

  private final StringWriter terminal = new StringWriter();

  private Question asked(Reader answers, Duration patience) {
    return new Question(answers, new PrintWriter(terminal), patience);
  }

  @ParameterizedTest
  @ValueSource(strings = {"y\n", "Y\n", " yes \n"})
  void yes_confirms(String answer) {
    var question = asked(new StringReader(answer), Duration.ofSeconds(26));

    assertThat(question.objection(Wanted.nothing())).isEmpty();
    assertThat(terminal.toString()).contains("Can you still connect? [y/N]", "26 s");
  }

  @ParameterizedTest
  @ValueSource(strings = {"n\n", "\n", "", "what?\n"})
  void anything_else_brings_the_old_rules_back(String answer) {
    assertThat(asked(new StringReader(answer), Duration.ofSeconds(26)).objection(Wanted.nothing()))
        .hasValueSatisfying(o -> assertThat(o.why()).isEqualTo(Outcome.Why.NOT_CONFIRMED));
  }

  @Test
  void who_was_locked_out_cannot_answer() throws Exception {
    try (var silence = new PipedWriter();
        var nobody = new PipedReader(silence)) {
      assertThat(asked(nobody, Duration.ofSeconds(1)).objection(Wanted.nothing()))
          .hasValueSatisfying(
              o -> assertThat(o.sentence()).isEqualTo("nobody said that they can still connect"));
    }
  }
}
