package io.hostfirewall.e2e.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What long tests have counted, for who reads the end of {@code make soak}. */
public final class Figures {

  private static final Path FILE = Path.of("target", "soak.txt");

  private Figures() {}

  /** Adds a line to the file that {@code make soak} prints. */
  public static void note(String line) {
    try {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
