package io.hostfirewall.agent.kernel;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Runs programs and waits for them.
 *
 * @param prefix words before every command, such as {@code ip netns exec NAME}; empty for the
 *     namespace of this process
 * @param limit how long a program may take
 */
public record Commands(List<String> prefix, Duration limit) {

  /** iptables waits 10 s for its lock; what takes longer than this hangs. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** What the C library says of a program that is not there. */
  private static final String NOT_FOUND = "No such file or directory";

  /**
   * A thread that waits at a pipe holds its carrier: of virtual ones, two programs that hang would
   * stop all others on a machine of few cores, those that watch over their time included.
   */
  private static final Executor AT_PIPES =
      work -> Thread.ofPlatform().daemon().name("pipe").start(work);

  /**
   * Programs are started one after the other. Java hands each one what to do through a pipe that
   * all others being started meanwhile hold open too: of two, killed with this process, each would
   * wait for the other's end for ever, and keep the port of the probes from the next agent.
   */
  private static final ReentrantLock STARTING = new ReentrantLock();

  /** How a program ended, and what it printed. */
  public record Result(int exit, String out, String err) {}

  public Commands {
    prefix = List.copyOf(prefix);
  }

  /** Commands that may take as long as iptables does when it waits for others. */
  public Commands(List<String> prefix) {
    this(prefix, LIMIT);
  }

  /** Commands in the namespace of this process. */
  public static Commands here() {
    return new Commands(List.of());
  }

  /**
   * Runs a program to its end.
   *
   * @throws KernelException if it cannot be started, does not end, or fails
   */
  String run(List<String> command, String input) throws KernelException {
    var result = attempt(command, input);
    if (result.exit() != 0) {
      throw new KernelException(
          "%s: %s".formatted(command.getFirst(), said(result.err(), result.exit())));
    }
    return result.out();
  }

  /**
   * What a program prints.
   *
   * @throws KernelException if it cannot be started, does not end, or fails
   */
  public String output(List<String> command) throws KernelException {
    return run(command, "");
  }

  /**
   * Runs a program to its end, well or badly.
   *
   * @throws KernelException if it cannot be started or does not end
   */
  public Result attempt(List<String> command, String input) throws KernelException {
    return attempt(command, input, Map.of());
  }

  /**
   * The same.
   *
   * @param environment words that it finds there beside those of this process
   */
  Result attempt(List<String> command, String input, Map<String, String> environment)
      throws KernelException {
    var process = start(command, ProcessBuilder.Redirect.PIPE, environment);
    try {
      var out = CompletableFuture.supplyAsync(() -> all(process.getInputStream()), AT_PIPES);
      var err = CompletableFuture.supplyAsync(() -> all(process.getErrorStream()), AT_PIPES);
      AT_PIPES.execute(() -> feed(process, input));
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        // What it has started would hold its pipes open, and this process with them.
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        throw new KernelException(
            "%s did not end within %d s".formatted(command.getFirst(), limit.toSeconds()));
      }
      return new Result(process.exitValue(), out.join(), err.join());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KernelException("interrupted while waiting for " + command.getFirst(), e);
    } catch (CompletionException e) {
      throw new KernelException("cannot read what " + command.getFirst() + " prints", e);
    } finally {
      process.destroyForcibly();
    }
  }

  /**
   * Starts a program that stays, and whose errors nobody reads.
   *
   * @param environment words that it finds there beside those of this process
   */
  public Process start(List<String> command, Map<String, String> environment)
      throws KernelException {
    return start(command, ProcessBuilder.Redirect.DISCARD, environment);
  }

  private Process start(
      List<String> command, ProcessBuilder.Redirect errors, Map<String, String> environment)
      throws KernelException {
    var words = Stream.concat(prefix.stream(), command.stream()).toList();
    try {
      var program = new ProcessBuilder(words).redirectError(errors);
      program.environment().putAll(environment);
      if (!STARTING.tryLock(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new KernelException(
            "cannot run %s: the start of another program hangs".formatted(words.getFirst()));
      }
      try {
        return program.start();
      } finally {
        STARTING.unlock();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KernelException("interrupted before the start of " + words.getFirst(), e);
    } catch (IOException e) {
      throw String.valueOf(e.getMessage()).contains(NOT_FOUND)
          ? new MissingProgramException(words.getFirst(), e)
          : new KernelException("cannot run %s: %s".formatted(words.getFirst(), e.getMessage()), e);
    }
  }

  private static void feed(Process process, String input) {
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It ended before it read everything: its exit code and its errors say why.
    }
  }

  private static String all(InputStream stream) {
    try {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  /**
   * The first thing a program complained about; warnings and hints do not fit into one sentence.
   */
  private static String said(String errors, int exit) {
    var lines =
        errors
            .lines()
            .map(String::strip)
            .filter(line -> !line.isBlank() && !line.startsWith("#") && !line.startsWith("Try "))
            .toList();
    if (lines.isEmpty()) {
      return "ended with exit code " + exit;
    }
    var first = lines.getFirst();
    return first.endsWith(":") && lines.size() > 1 ? first + " " + lines.get(1) : first;
  }
}
