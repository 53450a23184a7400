package io.hostfirewall.e2e.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A TCP server inside a namespace, for both families, that sends back every byte it gets. */
public final class Listener implements AutoCloseable {

  private final ServerSocket server;

  public Listener(NetNamespace namespace, int port) {
    server =
        namespace.call(
            () -> {
              var socket = new ServerSocket();
              socket.setReuseAddress(true);
              socket.bind(new InetSocketAddress(port), 4096);
              return socket;
            });
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        var socket = server.accept();
        Thread.ofVirtual().start(() -> echo(socket));
      } catch (IOException e) {
        return;
      }
    }
  }

  private static void echo(Socket socket) {
    try (socket) {
      var out = socket.getOutputStream();
      var in = socket.getInputStream();
      for (int value; (value = in.read()) >= 0; ) {
        out.write(value);
      }
    } catch (IOException e) {
      // The other side went away.
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
