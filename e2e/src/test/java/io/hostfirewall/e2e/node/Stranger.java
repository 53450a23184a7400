package io.hostfirewall.e2e.node;

import io.hostfirewall.e2e.lab.Listener;
import io.hostfirewall.e2e.lab.NetNamespace;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** A host on the nodes' wire that is no part of the cluster: a client, an attacker, the world. */
final class Stranger {

  /** Longer than the second after which a lost SYN is sent again (RFC 6298). */
  private static final int PATIENCE_MILLIS = 1500;

  private static final int IMPATIENCE_MILLIS = 200;

  private final NetNamespace namespace;
  private final String address;

  Stranger(String name, String address) {
    this.address = address;
    Lab.runScript("outsider", List.of(name, address));
    namespace = NetNamespace.of(name);
  }

  String address() {
    return address;
  }

  String addressV6() {
    return "fd99::" + address.substring(address.lastIndexOf('.') + 1);
  }

  NetNamespace namespace() {
    return namespace;
  }

  /** Listens for TCP connections until it is closed. */
  Listener listen(int port) {
    return new Listener(namespace, port);
  }

  /** Whether a new TCP connection comes about. */
  boolean reaches(String host, int port) {
    return namespace.call(
        () -> {
          try (var socket = new Socket()) {
            socket.connect(
                new InetSocketAddress(InetAddress.ofLiteral(host), port), PATIENCE_MILLIS);
            return true;
          } catch (IOException e) {
            return false;
          }
        });
  }

  /** Whether new connections come about to that port of both addresses of a node. */
  boolean reaches(KubeletNode node, int port) {
    return node.addresses().stream().allMatch(host -> reaches(host, port));
  }

  /** Whether no new connection comes about to that port of any address of a node. */
  boolean isShutOut(KubeletNode node, int port) {
    return node.addresses().stream().noneMatch(host -> reaches(host, port));
  }

  /**
   * Whether a node says anything about a port while something is done, if only that nobody listens.
   */
  boolean isAnswered(KubeletNode node, int port, Runnable work) {
    // A node that boots has another hardware address than before.
    namespace.ip("neigh flush all");
    var working = new AtomicBoolean(true);
    var asking =
        CompletableFuture.supplyAsync(
            () -> namespace.call(() -> isAnswered(node.address(), port, working)),
            task -> Thread.ofVirtual().start(task));
    try {
      work.run();
    } finally {
      working.set(false);
    }
    return asking.join();
  }

  private static boolean isAnswered(String host, int port, AtomicBoolean working) {
    while (working.get()) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.ofLiteral(host), port), IMPATIENCE_MILLIS);
        return true;
      } catch (ConnectException e) {
        return true;
      } catch (IOException e) {
        // Nobody has that address yet, or nobody says anything.
      }
    }
    return false;
  }

  /** The answer to a request for the page {@code /}; empty if there is none. */
  String page(String host, int port) {
    return namespace.call(
        () -> {
          try (var socket = new Socket()) {
            socket.connect(
                new InetSocketAddress(InetAddress.ofLiteral(host), port), PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket
                .getOutputStream()
                .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
          } catch (IOException e) {
            return "";
          }
        });
  }
}
