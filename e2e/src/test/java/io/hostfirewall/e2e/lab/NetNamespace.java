package io.hostfirewall.e2e.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A network namespace made for one test. It has a thread of its own that lives inside: sockets that
 * are opened and programs that are started on it belong to the namespace.
 */
public final class NetNamespace implements AutoCloseable {

  private static final AtomicLong COUNT = new AtomicLong();

  private final String name;
  private final ExecutorService inside;

  private NetNamespace(String name) {
    this.name = name;
    this.inside =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name, 0).factory());
  }

  /** A fresh namespace with its loopback up. */
  public static NetNamespace create(String purpose) {
    Sandbox.require();
    var name = purpose + "-" + COUNT.incrementAndGet();
    Shell.run(List.of("ip", "netns", "add", name), "");
    var namespace = of(name);
    namespace.ip("link set lo up");
    return namespace;
  }

  /** A namespace that a script has made. */
  public static NetNamespace of(String name) {
    Sandbox.require();
    var namespace = new NetNamespace(name);
    namespace.call(
        () -> {
          Libc.enter(namespace.path());
          Libc.stay();
          return null;
        });
    return namespace;
  }

  public String name() {
    return name;
  }

  private String path() {
    return "/run/netns/" + name;
  }

  /** Words before a command that bring it into this namespace. */
  public List<String> prefix() {
    return List.of("nsenter", "--net=" + path());
  }

  /** Does something on the namespace's own thread. */
  public <T> T call(Callable<T> action) {
    try {
      return inside.submit(action).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("in namespace " + name + ": " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Starts something on a further thread inside. */
  public <T> Future<T> start(Callable<T> action) {
    var entered = new CountDownLatch(1);
    var executor =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name(name + "-side").factory());
    var future =
        executor.submit(
            () -> {
              Libc.enter(path());
              entered.countDown();
              return action.call();
            });
    executor.shutdown();
    return future;
  }

  /** Runs a program inside that must end well. */
  public String run(String... command) {
    return run(List.of(command), "");
  }

  /** Runs a program inside that must end well. */
  public String run(List<String> command, String input) {
    return attempt(command, input).orThrow(command);
  }

  /** Runs a program inside to its end, well or badly. */
  public Shell.Result attempt(List<String> command, String input) {
    var words = new ArrayList<>(prefix());
    words.addAll(command);
    return Shell.attempt(words, input);
  }

  /** Carries out lines of {@code ip -batch}. */
  public void ip(String... lines) {
    Shell.run(List.of("ip", "-n", name, "-batch", "-"), String.join("\n", lines) + "\n");
  }

  /** Sets {@code net.*} switches of this namespace, given as {@code ipv4.ip_forward=1}. */
  public void sysctl(String... assignments) {
    call(
        () -> {
          for (var assignment : assignments) {
            var parts = assignment.split("=", 2);
            write(Path.of("/proc/sys/net/" + parts[0].replace('.', '/')), parts[1]);
          }
          return null;
        });
  }

  private static void write(Path path, String value) {
    try {
      Files.writeString(path, value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    inside.shutdownNow();
    Shell.run(List.of("ip", "netns", "del", name), "");
  }
}
