package io.hostfirewall.e2e.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A program of ours that runs until it is stopped, killed and started again at will. */
public final class RunningProgram implements AutoCloseable {

  private final List<String> command;
  private final Map<String, String> environment;
  private final Path log;
  private @Nullable Process process;

  RunningProgram(List<String> command, Map<String, String> environment, Path log) {
    this.command = List.copyOf(command);
    this.environment = Map.copyOf(environment);
    this.log = log;
  }

  public void start() {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().putAll(environment);
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its process id, while it runs. */
  public long pid() {
    if (process == null) {
      throw new IllegalStateException(command + " was not started");
    }
    return process.pid();
  }

  boolean isRunning() {
    return process != null && process.isAlive();
  }

  /** As kill -9 does. */
  void kill() {
    end(true);
  }

  /** As SIGTERM does. */
  void stop() {
    end(false);
  }

  private void end(boolean forcibly) {
    if (process == null) {
      return;
    }
    var children = process.descendants().toList();
    if (forcibly) {
      children.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    } else {
      process.destroy();
    }
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException(command + " did not end in 20 s:\n" + log());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return "no log: " + e.getMessage();
    }
  }

  @Override
  public void close() {
    kill();
  }
}
