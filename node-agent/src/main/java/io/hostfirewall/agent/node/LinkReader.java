package io.hostfirewall.agent.node;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.io.FileInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the network of this node from the kernel. What the kernel tells is understood only when it
 * tells something else than before: an agent looks every few seconds for all its life.
 */
final class LinkReader {

  private static final Path INTERFACES = Path.of("/sys/class/net");
  private static final Path BRIDGE_NETFILTER = Path.of("/proc/sys/net/bridge");
  private static final Path ROUTES = Path.of("/proc/net/route");
  private static final Path IPV6_ROUTES = Path.of("/proc/net/ipv6_route");

  /** All that changes when an address, a route or a name server does. */
  private static final List<Path> TOLD =
      Stream.concat(
              Stream.of(
                  ROUTES,
                  IPV6_ROUTES,
                  Path.of("/proc/net/fib_trie"),
                  Path.of("/proc/net/if_inet6")),
              NameServers.FILES.stream())
          .toList();

  private long told;
  private @Nullable Links links;

  /** Whether Java told of interfaces, as it does not in want of files: one has lo at least. */
  private boolean whole;

  /** As it is now; the same object for as long as it stays so. */
  synchronized Links read() throws IOException {
    var now = fingerprint();
    if (links == null || now != told || !whole) {
      var interfaces = interfacesWithAddresses();
      var read = understood(interfaces);
      links = read.equals(links) ? links : read;
      told = now;
      whole = !interfaces.isEmpty();
    }
    return links;
  }

  /** Read before all else, so that a change meanwhile is seen by the next look. */
  private static long fingerprint() throws IOException {
    var sum = new CRC32C();
    var names = INTERFACES.toFile().list();
    if (names == null) {
      throw new IOException(INTERFACES + " cannot be read");
    }
    Arrays.sort(names);
    for (var name : names) {
      sum.update(name.getBytes(StandardCharsets.UTF_8));
      sum.update('/');
    }
    sum.update(Files.exists(BRIDGE_NETFILTER) ? 1 : 0);
    var length = 0L;
    var part = new byte[8 * 1024];
    for (var file : TOLD) {
      sum.update('/');
      if (!Files.exists(file)) { // To ask costs less than an exception at each look.
        continue; // A kernel without IPv6, or a host without name servers.
      }
      try (var text = new FileInputStream(file.toFile())) {
        for (var read = text.read(part); read > 0; read = text.read(part)) {
          sum.update(part, 0, read);
          length += read;
        }
      } catch (IOException e) {
        sum.update(0); // It went away, or is for others.
      }
    }
    return length << 32 | sum.getValue();
  }

  private static Links understood(List<NetworkInterface> interfaces) throws IOException {
    var names =
        Stream.concat(interfaces.stream().map(NetworkInterface::getName), allNames())
            .sorted()
            .distinct()
            .toList();
    return new Links(
        names,
        interfaces.stream().flatMap(LinkReader::addresses).sorted().distinct().toList(),
        names.stream().filter(name -> Files.exists(INTERFACES.resolve(name, "bridge"))).toList(),
        Stream.concat(
                RouteTables.ipv4(text(ROUTES)).stream(),
                RouteTables.ipv6(text(IPV6_ROUTES)).stream())
            .toList(),
        NameServers.ofThisHost(),
        Files.exists(BRIDGE_NETFILTER));
  }

  /** Java knows no others, and calls it an error if there is none. */
  private static List<NetworkInterface> interfacesWithAddresses() {
    try {
      return NetworkInterface.networkInterfaces().toList();
    } catch (SocketException e) {
      return List.of();
    }
  }

  private static Stream<String> allNames() throws IOException {
    try (var entries = Files.list(INTERFACES)) {
      return entries.map(entry -> entry.getFileName().toString()).toList().stream();
    }
  }

  private static Stream<Cidr> addresses(NetworkInterface link) {
    try {
      return link.isLoopback()
          ? Stream.of()
          : link.inetAddresses().filter(LinkReader::isOneHosts).map(LinkReader::single);
    } catch (SocketException e) {
      return Stream.of(); // The interface went away while it was read.
    }
  }

  /** The same link-local address may be somebody else's on another link. */
  private static boolean isOneHosts(InetAddress address) {
    return !address.isLinkLocalAddress();
  }

  private static Cidr single(InetAddress address) {
    var family = address instanceof Inet4Address ? Family.IPV4 : Family.IPV6;
    return new Cidr(family, new BigInteger(1, address.getAddress()), family.addressBits());
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return ""; // A kernel without IPv6.
    }
  }
}
