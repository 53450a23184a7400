package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.KernelException;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A program that stays for as long as we do, and is started again when it ends. */
abstract class Resident implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Resident.class.getName());

  /**
   * Before a program that ended is started again: one that cannot run shall not cost the host
   * anything.
   */
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final Commands commands;
  private final List<String> command;
  private final Thread thread;
  private volatile @Nullable Process process;
  private volatile boolean closed;

  Resident(Commands commands, List<String> command) {
    this.commands = commands;
    this.command = command;
    this.thread = Thread.ofPlatform().daemon().name(command.getFirst()).unstarted(this::loop);
  }

  final void start() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    thread.start();
  }

  /** Speaks with the program until one of both ends. */
  abstract void speak(Process program, BufferedReader answers)
      throws IOException, InterruptedException;

  private void loop() {
    var complained = false;
    while (!closed) {
      try {
        var started = commands.start(command, ProcessBuilder.Redirect.DISCARD);
        process = started;
        try (var answers = started.inputReader()) {
          speak(started, answers);
        } finally {
          started.destroyForcibly();
        }
        complained = false;
      } catch (KernelException e) {
        if (!complained) {
          LOG.log(System.Logger.Level.WARNING, "{0}; changes are noticed later", e.getMessage());
          complained = true;
        }
        pause();
      } catch (IOException e) {
        pause();
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, command + " was not understood; it is asked anew", e);
        pause();
      } catch (InterruptedException e) {
        return;
      }
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
