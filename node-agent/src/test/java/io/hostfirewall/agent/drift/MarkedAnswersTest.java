package io.hostfirewall.agent.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class MarkedAnswersTest {

  private static final String PADDING = "meaningless ".repeat(500) + "\n> ";

  /**
   * A program that keeps back what it prints until it has a block of it, and would be waited for in
   * vain.
   */
  private static final class Blocks extends InputStream {

    private static final int BLOCK = 4096;

    private final StringBuilder said = new StringBuilder();
    private final int most;
    private int read;

    /**
     * @param most bytes that one read returns
     */
    Blocks(int most) {
      this.most = most;
    }

    void answer(String text) {
      said.append("v1 MARK: 7\n").append(text).append("> v1 MARK: 7\n").append(PADDING);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      var there = said.length() / BLOCK * BLOCK - read;
      if (there == 0) {
        throw new AssertionError("this would wait for ever");
      }
      var now = Math.min(Math.min(there, length), most);
      var text = said.substring(read, read + now).getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(text, 0, bytes, offset, now);
      read += now;
      return now;
    }

    @Override
    public int read() {
      throw new AssertionError("byte by byte");
    }
  }

  @Property(tries = 200)
  void an_answer_is_told_if_it_is_another_one(
      @ForAll @Size(max = 20) List<@IntRange(max = 2) Integer> which,
      @ForAll @Size(3) List<@AlphaChars @NumericChars @StringLength(max = 9000) String> possible,
      @ForAll @IntRange(min = 1, max = 9000) int most)
      throws IOException {
    var program = new Blocks(most);
    var answers = new MarkedAnswers(program, "MARK");
    var before = Optional.<String>empty();
    var same = 0;
    for (var number : which) {
      var text = possible.get(number) + "\n";
      program.answer(text);
      var news = answers.next();
      // Before it knows how long the padding is, it tells what it read.
      if (before.equals(Optional.of(text)) && ++same > 1) {
        assertThat(news).isEmpty();
      } else if (!before.equals(Optional.of(text))) {
        assertThat(news).contains(text);
      }
      before = Optional.of(text);
    }
  }

  @Test
  void who_asks_something_else_is_told_though_it_sounds_the_same() throws IOException {
    var program = new Blocks(9000);
    var answers = new MarkedAnswers(program, "MARK");
    for (var i = 0; i < 3; i++) {
      program.answer("same\n");
      answers.next();
    }
    program.answer("same\n");
    assertThat(answers.next()).isEmpty();
    answers.askedAnew();
    program.answer("same\n");
    assertThat(answers.next()).contains("same\n");
  }

  @Test
  void the_end_of_the_program_is_an_error() {
    var answers = new MarkedAnswers(InputStream.nullInputStream(), "MARK");
    assertThatThrownBy(answers::next).isInstanceOf(IOException.class);
  }
}
