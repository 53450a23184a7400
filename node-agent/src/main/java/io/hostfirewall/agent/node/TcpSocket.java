package io.hostfirewall.agent.node;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A TCP socket of this host, as /proc/net/tcp and /proc/net/tcp6 tell it (net/ipv4/tcp_ipv4.c). An
 * IPv4 peer of a socket of both families counts as IPv4.
 *
 * @param local a single address
 * @param peer a single address, all zero for a socket that listens
 */
public record TcpSocket(State state, Cidr local, int localPort, Cidr peer, int peerPort) {

  public enum State {
    ESTABLISHED,
    LISTEN
  }

  /** Bits above the IPv4 address in ::ffff:0:0/96 (RFC 4291, 2.5.5.2). */
  private static final BigInteger MAPPED = BigInteger.valueOf(0xffff);

  /** All of this network namespace that are established or listen. */
  public static List<TcpSocket> ofThisHost() throws IOException {
    return Stream.concat(
            parse(text("/proc/net/tcp"), ByteOrder.nativeOrder()).stream(),
            parse(text("/proc/net/tcp6"), ByteOrder.nativeOrder()).stream())
        .toList();
  }

  /** Number, local address and port, those of the peer, and the state. */
  private static final Pattern LINE =
      Pattern.compile(
          "\\s*\\d+:\\s+(HEX):(\\p{XDigit}{4})\\s+(HEX):(\\p{XDigit}{4})\\s+(\\p{XDigit}{2})(\\s.*)?"
              .replace("HEX", "(?:\\p{XDigit}{8}){1}|(?:\\p{XDigit}{8}){4}"));

  /**
   * Reads one of the tables. Lines that are none of a socket are passed over.
   *
   * @param memory the order of bytes in which the machine that printed it keeps a 32-bit number
   */
  static List<TcpSocket> parse(String table, ByteOrder memory) {
    var sockets = new ArrayList<TcpSocket>();
    for (var line : table.lines().skip(1).toList()) {
      var fields = LINE.matcher(line);
      if (fields.matches()) {
        state(fields.group(5))
            .ifPresent(
                state ->
                    sockets.add(
                        new TcpSocket(
                            state,
                            address(fields.group(1), memory),
                            Integer.parseInt(fields.group(2), 16),
                            address(fields.group(3), memory),
                            Integer.parseInt(fields.group(4), 16))));
      }
    }
    return List.copyOf(sockets);
  }

  /** TCP_ESTABLISHED and TCP_LISTEN of include/net/tcp_states.h. */
  private static Optional<State> state(String code) {
    return switch (code) {
      case "01" -> Optional.of(State.ESTABLISHED);
      case "0A" -> Optional.of(State.LISTEN);
      default -> Optional.empty();
    };
  }

  private static Cidr address(String hex, ByteOrder memory) {
    var bytes = ByteBuffer.allocate(hex.length() / 2).order(memory);
    for (var word = 0; word < hex.length(); word += 8) {
      bytes.putInt((int) Long.parseLong(hex.substring(word, word + 8), 16));
    }
    var number = new BigInteger(1, bytes.array());
    if (bytes.capacity() == 16 && number.shiftRight(32).equals(MAPPED)) {
      return single(Family.IPV4, new BigInteger(1, Arrays.copyOfRange(bytes.array(), 12, 16)));
    }
    return single(bytes.capacity() == 4 ? Family.IPV4 : Family.IPV6, number);
  }

  private static Cidr single(Family family, BigInteger number) {
    return new Cidr(family, number, family.addressBits());
  }

  private static String text(String file) throws IOException {
    try {
      return Files.readString(Path.of(file));
    } catch (NoSuchFileException e) {
      return ""; // A kernel without IPv6.
    }
  }
}
