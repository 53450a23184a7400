package io.hostfirewall.agent.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/**
 * Ends a stream on which nothing came for too long: whoever sent it is not there any more, and TCP
 * does not tell a reader.
 */
final class Silence implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Silence.class.getName());

  private final InputStream stream;
  private final Duration longest;
  private final Thread thread;
  private volatile long since = System.nanoTime();

  Silence(InputStream stream, Duration longest) {
    this.stream = stream;
    this.longest = longest;
    this.thread = Thread.startVirtualThread(this::listen);
  }

  /** Something came. */
  void broken() {
    since = System.nanoTime();
  }

  private void listen() {
    try {
      for (var left = left(); left > 0; left = left()) {
        Thread.sleep(Duration.ofNanos(left));
      }
      stream.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}", e.getMessage());
    }
  }

  private long left() {
    return longest.toNanos() - (System.nanoTime() - since);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
