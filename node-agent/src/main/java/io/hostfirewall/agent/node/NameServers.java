package io.hostfirewall.agent.node;

import io.hostfirewall.ruleset.model.Cidr;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The name servers that a host asks, as resolv.conf(5) names them. */
public final class NameServers {

  private static final Path ASKED = Path.of("/etc/resolv.conf");

  /**
   * Whom systemd-resolved asks, of which programs know only its address on the loopback
   * (systemd-resolved.service(8)).
   */
  private static final Path ASKED_BY_RESOLVED = Path.of("/run/systemd/resolve/resolv.conf");

  /** Where a host says whom it asks. */
  static final List<Path> FILES = List.of(ASKED, ASKED_BY_RESOLVED);

  private static final List<Cidr> LOOPBACK =
      List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("::1/128"));

  private NameServers() {}

  /** Those of this host, but for itself. */
  public static List<Cidr> ofThisHost() {
    return FILES.stream().flatMap(file -> elsewhere(text(file))).sorted().distinct().toList();
  }

  /** A host may have no name server, and a container may see only one of the files. */
  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  static Stream<Cidr> elsewhere(String text) {
    return text.lines()
        .map(line -> line.strip().split("\\s+", 3))
        .filter(words -> words.length > 1 && words[0].equals("nameserver"))
        .flatMap(words -> address(words[1]))
        .filter(address -> LOOPBACK.stream().noneMatch(network -> network.contains(address)));
  }

  /** A link-local server stands there with its interface. */
  private static Stream<Cidr> address(String word) {
    try {
      return Stream.of(Cidr.parse(word.replaceFirst("%.*", "")));
    } catch (IllegalArgumentException e) {
      return Stream.of();
    }
  }
}
