package io.hostfirewall.e2e.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Runs programs to their end. */
public final class Shell {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private Shell() {}

  /** How a program ended, and what it printed. */
  public record Result(int exit, String out, String err) {

    /** What it printed, if it ended well. */
    public String orThrow(List<String> command) {
      if (exit != 0) {
        throw new IllegalStateException("%s: exit %d: %s".formatted(command, exit, err.strip()));
      }
      return out;
    }
  }

  /** Runs a program that must end well, and gives what it printed. */
  public static String run(List<String> command, String input) {
    return attempt(command, input).orThrow(command);
  }

  /** Runs a program to its end, well or badly. */
  public static Result attempt(List<String> command, String input) {
    return attempt(new ProcessBuilder(command), input);
  }

  /** Runs a program to its end, well or badly. */
  public static Result attempt(ProcessBuilder builder, String input) {
    return attempt(builder, input, LIMIT);
  }

  /** Runs a program to its end, well or badly, which must come within a limit. */
  public static Result attempt(ProcessBuilder builder, String input, Duration limit) {
    try {
      var process = builder.start();
      try {
        var out = reading(() -> text(process.inputReader(StandardCharsets.UTF_8)));
        var err = reading(() -> text(process.errorReader(StandardCharsets.UTF_8)));
        try (var in = process.outputWriter(StandardCharsets.UTF_8)) {
          in.write(input);
        } catch (IOException e) {
          // It ended before it read everything; its exit code tells.
        }
        if (!process.waitFor(limit)) {
          throw new IllegalStateException(
              "%s did not end in %d s".formatted(builder.command(), limit.toSeconds()));
        }
        return new Result(process.exitValue(), out.join(), err.join());
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot run " + builder.command(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted: " + builder.command(), e);
    }
  }

  private static CompletableFuture<String> reading(Supplier<String> supplier) {
    return CompletableFuture.supplyAsync(supplier, task -> Thread.ofVirtual().start(task));
  }

  private static String text(BufferedReader reader) {
    try (reader) {
      var text = new StringWriter();
      reader.transferTo(text);
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
