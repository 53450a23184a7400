package io.hostfirewall.agent.node;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;

/** What a listener of this host says to who connects and waits. */
enum Greeting {
  /** The words of an SSH server, be it that it has no time now. */
  SSH,
  /** Other words: of another server. */
  OTHER,
  /** Nothing, as a server does that waits for its client, or one that is busy. */
  NONE,
  /** Not even a connection: the kernel may have no room to track one. */
  NO_CONNECTION,
  /** Nobody listens there, though somebody did a moment ago. */
  REFUSED;

  /**
   * RFC 4253, 4.2; and what OpenSSH says to one connection too many (sshd.c, drop_connection; since
   * 9.8 also to an address that it punishes).
   */
  private static final List<String> WORDS =
      List.of("SSH-", "Exceeded MaxStartups", "Not allowed at this time");

  private static final int LONGEST =
      WORDS.stream().mapToInt(String::length).max().orElseThrow(IllegalStateException::new);

  /**
   * Connects and listens.
   *
   * @param patience how long to wait for a connection, and then for its first words
   */
  static Greeting of(InetSocketAddress listener, Duration patience) {
    var millis = (int) patience.toMillis();
    try (var socket = new Socket()) {
      socket.connect(listener, millis);
      socket.setSoTimeout(millis);
      return read(socket);
    } catch (SocketTimeoutException e) {
      return NO_CONNECTION;
    } catch (IOException e) {
      return REFUSED;
    }
  }

  private static Greeting read(Socket socket) {
    var said = new StringBuilder();
    try {
      var in = socket.getInputStream();
      while (said.length() < LONGEST && isBeginning(said.toString())) {
        var next = in.read();
        if (next < 0) {
          break;
        }
        said.append((char) next);
      }
    } catch (IOException e) {
      // What was said until then counts.
    }
    return meaning(said.toString());
  }

  /** Of what was read up to the first letter that no SSH server says, or to the end. */
  private static Greeting meaning(String said) {
    if (WORDS.stream().anyMatch(said::startsWith)) {
      return SSH;
    }
    return isBeginning(said) ? NONE : OTHER;
  }

  private static boolean isBeginning(String said) {
    return WORDS.stream()
        .anyMatch(words -> words.length() > said.length() && words.startsWith(said));
  }
}
