package io.hostfirewall.agent.state;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * One small file that always holds the last line that was written to it, whenever the machine loses
 * power. There are two places in it, written by turns; a line that was torn is known by its sum,
 * and then the one before it counts.
 */
public final class JournalFile {

  /** A disk writes a sector as a whole, or hardly less. */
  private static final int PLACE = 512;

  private static final int SUM_DIGITS = 16;

  private final Path file;
  private long number = -1;

  JournalFile(Path file) {
    this.file = file;
  }

  private record Line(long number, String text) {}

  /** Whether nobody took it away. */
  public boolean exists() {
    return Files.exists(file);
  }

  /** The last line; empty if none can be read. */
  public Optional<String> last() throws IOException {
    return newest().map(Line::text);
  }

  private Optional<Line> newest() throws IOException {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return Stream.of(0, PLACE)
        .filter(start -> start < content.length)
        .map(
            start ->
                new String(
                    content,
                    start,
                    Math.min(PLACE, content.length - start),
                    StandardCharsets.UTF_8))
        .flatMap(place -> line(place).stream())
        .max((one, other) -> Long.compare(one.number, other.number));
  }

  private static Optional<Line> line(String place) {
    var words = place.strip().split(" ", 3);
    if (words.length < 3 || !words[0].equals(sum(words[1] + " " + words[2]))) {
      return Optional.empty();
    }
    var number = number(words[1]);
    return number.isEmpty()
        ? Optional.empty()
        : Optional.of(new Line(number.getAsLong(), words[2]));
  }

  private static OptionalLong number(String word) {
    try {
      return OptionalLong.of(Long.parseLong(word));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Writes a line.
   *
   * @param durable whether it must outlast a loss of power, not only of this process
   */
  public void write(String line, boolean durable) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    if (number < 0) {
      number = newest().map(Line::number).orElse(0L);
    }
    var next = number + 1;
    var text = next + " " + line;
    var bytes = (sum(text) + " " + text).getBytes(StandardCharsets.UTF_8);
    if (bytes.length >= PLACE) {
      throw new IOException("a line of " + bytes.length + " bytes is too long for " + file);
    }
    var place = ByteBuffer.allocate(PLACE);
    place.put(bytes);
    while (place.position() < PLACE - 1) {
      place.put((byte) ' ');
    }
    place.put((byte) '\n').flip();
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(place, next % 2 * PLACE);
      if (durable) {
        channel.force(false);
      }
    }
    // Only now: what failed is tried again at its own place, not at that of the last whole line.
    number = next;
  }

  /** The beginning of a text's SHA-256, which tells a torn text from a whole one. */
  static String sum(String text) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)))
          .substring(0, SUM_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
