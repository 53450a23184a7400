package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A rule as netfilter's own test suite has it ({@code extensions/*.t} of iptables), for one family.
 *
 * <p>{@code extensions/samples.txt} says how they are written.
 *
 * @param options what a user may write behind {@code -A CHAIN}
 * @param canonical what iptables-save prints of it
 * @param accepted whether iptables takes it, with one back end at least
 */
record ExtensionLine(
    String place,
    Family family,
    String table,
    List<String> chains,
    String options,
    String canonical,
    boolean accepted) {

  private static final List<String> CHAINS =
      List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");

  static List<ExtensionLine> of(Path file) {
    try {
      return of(file.getFileName().toString(), Files.readAllLines(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<ExtensionLine> of(String file, List<String> texts) {
    var lines = new ArrayList<ExtensionLine>();
    List<Family> families = List.of();
    var table = "filter";
    List<String> chains = List.of();
    for (var i = 0; i < texts.size(); i++) {
      var text = texts.get(i);
      if (text.startsWith(">family ")) {
        families = families(text.substring(8));
      } else if (text.startsWith("*")) {
        table = text.substring(1);
      } else if (text.startsWith(":")) {
        chains = List.of(text.substring(1).split(",", -1));
      } else if (!text.isBlank() && !text.startsWith("#")) {
        for (var family : families) {
          lines.add(of("%s:%d, %s".formatted(file, i + 1, family), family, table, chains, text));
        }
      }
    }
    return lines;
  }

  private static List<Family> families(String numbers) {
    return switch (numbers) {
      case "4" -> List.of(Family.IPV4);
      case "6" -> List.of(Family.IPV6);
      case "46" -> List.of(Family.IPV4, Family.IPV6);
      default -> throw new IllegalArgumentException("no families: " + numbers);
    };
  }

  private static ExtensionLine of(
      String place, Family family, String table, List<String> chains, String text) {
    var parts = text.split(";", -1);
    if (parts.length < 3) {
      throw new IllegalArgumentException(place + ": no OPTIONS;CANONICAL;RESULT: " + text);
    }
    var ofOneBackEnd = parts.length > 3;
    return new ExtensionLine(
        place,
        family,
        table,
        chains,
        parts[0],
        parts[1].equals("=") || parts[1].isEmpty() ? parts[0] : parts[1],
        parts[2].equals("OK") || ofOneBackEnd);
  }

  /** As iptables-save prints it. */
  ExtensionLine printed() {
    return with(canonical, canonical);
  }

  /** With a target. */
  ExtensionLine accepting() {
    return with(options + " -j ACCEPT", canonical + " -j ACCEPT");
  }

  /** Without its rule. */
  ExtensionLine absent() {
    return with("", "");
  }

  private ExtensionLine with(String written, String printed) {
    return new ExtensionLine(place, family, table, chains, written, printed, accepted);
  }

  @Override
  public String toString() {
    return place + ": " + options;
  }

  /** A text as iptables-save prints it, closed but for its rule, which each of its chains has. */
  String saved() {
    var closed =
        "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT DROP [0:0]\n%sCOMMIT\n"
            .formatted(table.equals("filter") ? rules() : "");
    if (table.equals("filter")) {
      return closed;
    }
    var open =
        CHAINS.stream()
            .filter(chains::contains)
            .map(chain -> ":" + chain + " ACCEPT [0:0]\n")
            .collect(Collectors.joining());
    return "*" + table + "\n" + open + rules() + "COMMIT\n" + closed;
  }

  /** In the order in which chains are declared, as in a text of iptables-save. */
  private String rules() {
    return options.isEmpty()
        ? ""
        : CHAINS.stream()
            .filter(chains::contains)
            .map(chain -> "-A " + chain + " " + options + "\n")
            .collect(Collectors.joining());
  }
}
