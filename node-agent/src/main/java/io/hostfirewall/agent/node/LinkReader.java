package io.hostfirewall.agent.node;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Reads the network of this node from the kernel. */
final class LinkReader {

  private static final Path INTERFACES = Path.of("/sys/class/net");

  private LinkReader() {}

  static Links read() throws IOException {
    var interfaces = interfacesWithAddresses();
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
                RouteTables.ipv4(text("/proc/net/route")).stream(),
                RouteTables.ipv6(text("/proc/net/ipv6_route")).stream())
            .toList(),
        NameServers.ofThisHost(),
        Files.exists(Path.of("/proc/sys/net/bridge")));
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

  private static String text(String file) throws IOException {
    try {
      return Files.readString(Path.of(file));
    } catch (NoSuchFileException e) {
      return ""; // A kernel without IPv6.
    }
  }
}
