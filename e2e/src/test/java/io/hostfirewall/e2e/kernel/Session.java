package io.hostfirewall.e2e.kernel;

import io.hostfirewall.e2e.lab.Listener;
import io.hostfirewall.e2e.lab.NetNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;

/** An ordinary TCP connection to a {@link Listener}. */
final class Session implements AutoCloseable {

  private static final int PATIENCE_MILLIS = 2_000;

  private final Socket socket;

  private Session(Socket socket) {
    this.socket = socket;
  }

  /** Connects; empty if nobody answers or it is refused. */
  static Optional<Session> open(
      NetNamespace from, Optional<InetSocketAddress> local, InetAddress to, int port) {
    return from.call(
        () -> {
          var socket = new Socket();
          try {
            socket.setReuseAddress(true);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(PATIENCE_MILLIS);
            if (local.isPresent()) {
              socket.bind(local.get());
            }
            socket.connect(new InetSocketAddress(to, port), PATIENCE_MILLIS);
            return Optional.of(new Session(socket));
          } catch (IOException e) {
            socket.close();
            return Optional.empty();
          }
        });
  }

  /** Whether a byte sent comes back. */
  boolean isAlive() {
    try {
      socket.getOutputStream().write('x');
      return socket.getInputStream().read() == 'x';
    } catch (IOException e) {
      return false;
    }
  }

  int localPort() {
    return socket.getLocalPort();
  }

  @Override
  public void close() {
    try {
      // A reset, so that the same port can be used again.
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
