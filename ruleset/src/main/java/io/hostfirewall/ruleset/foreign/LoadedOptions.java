package io.hostfirewall.ruleset.foreign;

import io.hostfirewall.ruleset.foreign.Vocabulary.Meaning;
import io.hostfirewall.ruleset.model.ProtocolNames;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * The options that a rule may have at some place of it. As in iptables, those of an extension are
 * known from its {@code -m} or {@code -j} on, those of a protocol's own match from {@code -p} on if
 * nothing else that is loaded has them.
 */
final class LoadedOptions {

  /**
   * An option that is loaded.
   *
   * @param place of its extension among those that the rule has loaded
   */
  record Loaded(Meaning meaning, int place) {}

  private static final int TCP = 6;

  private static final Set<String> OF_PROTOCOL =
      Set.of("icmp", "tcp", "udp", "dccp", "icmp6", "sctp");

  private final List<String> extensions = new ArrayList<>(List.of(Vocabulary.GENERAL));
  private final Set<Loaded> given = new HashSet<>();
  private String ofProtocol = "";
  private boolean known;

  /** A match or a target, from here on; returns its place. */
  int load(String extension) {
    extensions.add(extension);
    return extensions.size() - 1;
  }

  /** A misspelt one has the ports that most have, so that no more than the name is wrong. */
  void protocol(String value) {
    var number = number(value.toLowerCase(Locale.ROOT));
    known = number.isPresent();
    ofProtocol = match(number.orElse(TCP));
  }

  /** Whether a match, which looks into one protocol only, is for another than the rule's. */
  boolean isOfOtherProtocol(String match) {
    return known
        && (OF_PROTOCOL.contains(match) || match.equals("icmpv6"))
        && !match.replace("icmpv6", "icmp6").equals(ofProtocol);
  }

  private static OptionalInt number(String word) {
    try {
      return OptionalInt.of(Integer.decode(word));
    } catch (NumberFormatException e) {
      return ProtocolNames.number(word);
    }
  }

  private static String match(int protocol) {
    return switch (protocol) {
      case 1 -> "icmp";
      case TCP -> "tcp";
      case 17 -> "udp";
      case 33 -> "dccp";
      case 50 -> "esp";
      case 51 -> "ah";
      case 58 -> "icmp6";
      case 132 -> "sctp";
      default -> "";
    };
  }

  Optional<Loaded> find(String option) {
    return exactly(option).or(() -> beginning(option)).or(() -> ofProtocol(option));
  }

  private Optional<Loaded> ofProtocol(String option) {
    return ofProtocol.isEmpty() || extensions.contains(ofProtocol)
        ? Optional.empty()
        : Vocabulary.of(option, ofProtocol).map(m -> new Loaded(m, load(ofProtocol)));
  }

  /** The extension that was loaded last counts. */
  private Optional<Loaded> exactly(String option) {
    for (var place = extensions.size() - 1; place >= 0; place--) {
      var meaning = Vocabulary.exactly(option, extensions.get(place));
      if (meaning.isPresent()) {
        return Optional.of(new Loaded(meaning.get(), place));
      }
    }
    return Optional.empty();
  }

  private Optional<Loaded> beginning(String option) {
    var meant = new ArrayList<Loaded>();
    for (var place = extensions.size() - 1; place >= 0; place--) {
      var meaning = Vocabulary.of(option, extensions.get(place));
      if (meaning.isPresent() && meant.stream().noneMatch(m -> m.meaning().equals(meaning.get()))) {
        meant.add(new Loaded(meaning.get(), place));
      }
    }
    return meant.size() == 1 ? Optional.of(meant.getFirst()) : Optional.empty();
  }

  /**
   * Whether it stands here once more; an extension that is loaded twice has each twice, and a
   * policy of IPsec has elements.
   */
  boolean isRepeated(Loaded option) {
    return !given.add(option) && !extensions.get(option.place()).equals("policy");
  }
}
