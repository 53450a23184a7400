package io.hostfirewall.agent.drift;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads answers out of what a program prints without end: each stands between two marks, and words
 * without meaning follow it. Almost always an answer is the one before, which is seen from the
 * bytes: nothing is decoded then, and nothing allocated.
 */
final class MarkedAnswers {

  private final InputStream stream;
  private final byte[] mark;

  /** What was printed since the answer before. */
  private byte[] printed = new byte[16 * 1024];

  private int length;

  /** The answer before, its marks included; empty if it is not to be compared with. */
  private byte[] last = new byte[0];

  /** How many bytes of what follows an answer were read with it. */
  private int ahead;

  /** How many bytes stand between two answers; negative before two were read. */
  private int padding = -1;

  private boolean first = true;

  /**
   * @param mark what stands before and behind every answer, and nowhere else
   */
  MarkedAnswers(InputStream stream, String mark) {
    this.stream = stream;
    this.mark = mark.getBytes(StandardCharsets.US_ASCII);
  }

  /** The next answer is to be read whatever it is: something else was asked. */
  void askedAnew() {
    last = new byte[0];
  }

  /**
   * Waits for the answer to a question, the lines between the marks; empty if it is the one before.
   *
   * @throws IOException if the program ended
   */
  Optional<String> next() throws IOException {
    length = 0;
    return repeats() ? Optional.empty() : Optional.of(read());
  }

  /** Reads on for as long as everything is as it was, and no further than there is an answer. */
  private boolean repeats() throws IOException {
    if (last.length == 0 || padding < 0) {
      return false;
    }
    var begin = padding - ahead;
    var end = begin + last.length;
    while (length < end) {
      readMore();
      var seen = Math.min(length, end) - begin;
      if (seen > 0 && !Arrays.equals(printed, begin, begin + seen, last, 0, seen)) {
        return false;
      }
    }
    ahead = length - end;
    return true;
  }

  private String read() throws IOException {
    var begin = find(0);
    var end = find(begin + mark.length) + mark.length;
    padding = first ? -1 : ahead + begin;
    first = false;
    ahead = length - end;
    last = Arrays.copyOfRange(printed, begin, end);
    var text = new String(last, StandardCharsets.UTF_8);
    return text.substring(text.indexOf('\n') + 1, text.lastIndexOf('\n') + 1);
  }

  private int find(int from) throws IOException {
    for (var at = from; ; at++) {
      while (length < at + mark.length) {
        readMore();
      }
      if (Arrays.equals(printed, at, at + mark.length, mark, 0, mark.length)) {
        return at;
      }
    }
  }

  private void readMore() throws IOException {
    if (length == printed.length) {
      printed = Arrays.copyOf(printed, 2 * length);
    }
    var more = stream.read(printed, length, printed.length - length);
    if (more < 0) {
      throw new IOException("ended");
    }
    length += more;
  }
}
