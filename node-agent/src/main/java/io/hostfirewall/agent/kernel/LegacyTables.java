package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** The tables that somebody made with iptables-legacy. Of those of nft no file tells. */
public final class LegacyTables {

  private LegacyTables() {}

  /**
   * Their names, in the network namespace of this process.
   *
   * @throws IOException if they cannot be read, as by who is not root
   */
  public static List<String> standing(Family family) throws IOException {
    try {
      return Files.readAllLines(file(family));
    } catch (NoSuchFileException e) {
      return List.of(); // Nobody has used this iptables since the kernel started.
    }
  }

  private static Path file(Family family) {
    return Path.of(
        switch (family) {
          case IPV4 -> "/proc/net/ip_tables_names";
          case IPV6 -> "/proc/net/ip6_tables_names";
        });
  }
}
