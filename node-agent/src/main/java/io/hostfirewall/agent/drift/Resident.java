package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.KernelException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A program that stays for as long as we do, and is started again when it ends. */
abstract class Resident implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Resident.class.getName());

  /**
   * Before a program that ended soon is started again: one that cannot run shall not cost the host
   * anything.
   */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** Many times what an answer takes on a busy host. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** Between two checks by the listener while no program watches for it. */
  private static final Duration BLIND = Duration.ofSeconds(30);

  private final Commands commands;
  private final List<String> command;
  private final Map<String, String> environment;
  private final Runnable wake;
  private final Thread thread;
  private volatile @Nullable Process process;
  private volatile boolean closed;

  /** When it was asked what it has not answered yet, in nanoseconds; 0 for nothing. */
  private volatile long asked;

  /** The program that was ended because it did not answer. */
  private @Nullable Process ended;

  /** When the listener was last told to look because nobody watches. */
  private long checked = System.nanoTime();

  /**
   * @param wake whom to tell that something may have changed
   */
  Resident(
      Commands commands, List<String> command, Map<String, String> environment, Runnable wake) {
    this.commands = commands;
    this.command = command;
    this.environment = environment;
    this.wake = wake;
    this.thread = Thread.ofPlatform().daemon().name(command.getFirst()).unstarted(this::loop);
  }

  final void start() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    thread.start();
  }

  /** Speaks with the program until one of both ends. */
  abstract void speak(Process program) throws IOException, InterruptedException;

  /** Tells that something may have changed. */
  final void wake() {
    wake.run();
  }

  /** What is asked of a program that shall answer at once. */
  interface Question<A> {
    A answer() throws IOException, InterruptedException;
  }

  /** Asks; a program that does not answer is ended by {@link #endIfSilent}. */
  final <A> A ask(Question<A> question) throws IOException, InterruptedException {
    asked = System.nanoTime() | 1;
    try {
      return question.answer();
    } finally {
      asked = 0;
    }
  }

  /**
   * Ends a program that has owed an answer for too long, so that another one is asked. Somebody who
   * wakes anyway looks after it: a clock for each of the many questions would cost more than they
   * do.
   */
  final void endIfSilent() {
    endIfSilent(PATIENCE);
  }

  void endIfSilent(Duration patience) {
    var since = asked;
    var silent = process;
    if (since == 0 || silent == null || System.nanoTime() - since <= patience.toNanos()) {
      return;
    }
    if (!silent.equals(ended)) {
      ended = silent;
      LOG.log(System.Logger.Level.WARNING, "{0} does not answer and is ended", command.getFirst());
    }
    silent.destroyForcibly();
    wakeIfBlind(); // The kernel may hold it, and our thread with it.
  }

  private void loop() {
    var complained = false;
    var watched = false;
    while (!closed) {
      var start = System.nanoTime();
      try {
        speak(watched);
        watched = false;
        continue; // It asked for a new program.
      } catch (KernelException | IOException e) {
        if (!complained && !closed) {
          LOG.log(System.Logger.Level.WARNING, "{0}; changes are noticed later", e.getMessage());
          complained = true;
        }
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, command + " was not understood; it is asked anew", e);
      } catch (InterruptedException e) {
        return;
      }
      watched = System.nanoTime() - start >= PAUSE.toNanos();
      if (watched) {
        complained = false;
      } else {
        pause();
        wakeIfBlind();
      }
    }
  }

  /** While no program watches, the listener has to look itself. */
  private synchronized void wakeIfBlind() {
    if (System.nanoTime() - checked >= BLIND.toNanos()) {
      checked = System.nanoTime();
      wake();
    }
  }

  /**
   * @param watched whether another such program did until a moment ago: what happened since nobody
   *     told
   */
  private void speak(boolean watched) throws KernelException, IOException, InterruptedException {
    var started = commands.start(command, environment);
    process = started;
    try (var _ = started.getInputStream()) {
      if (watched) {
        wake();
      }
      speak(started);
    } finally {
      started.destroyForcibly();
    }
  }

  private void pause() {
    try {
      Thread.sleep(PAUSE);
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  @Override
  public final void close() {
    closed = true;
    thread.interrupt();
    var running = process;
    if (running != null) {
      running.destroyForcibly();
    }
  }
}
