package io.hostfirewall.ruleset.packet;

import io.hostfirewall.ruleset.check.Spelling;
import io.hostfirewall.ruleset.compile.IcmpTypes;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.walk.Transport;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** ICMP types by the names that iptables and policies use, or by number. */
final class IcmpWords {

  private static final Pattern NUMBERS = Pattern.compile("(\\d{1,3})(?:/(\\d{1,3}))?");
  private static final Pattern NAMES = Pattern.compile("([A-Za-z-]+)(?:/(\\d{1,3}))?");

  /** What only one family has, as iptables and ip6tables name it. */
  private static final Map<Family, Map<String, Integer>> OF_ONE_FAMILY =
      Map.of(
          Family.IPV4,
          Map.of("timestamp-request", 13, "timestamp-reply", 14, "address-mask-request", 17),
          Family.IPV6,
          Map.of(
              "packet-too-big", 2, "neighbour-solicitation", 135, "neighbour-advertisement", 136));

  private IcmpWords() {}

  /** Reads {@code echo-request}, {@code EchoRequest}, {@code 8} or {@code 3/4}. */
  static Transport.Icmp parse(Words.Word word, Family family) {
    var numbers = NUMBERS.matcher(word.text());
    if (numbers.matches()) {
      return icmp(word, family, Integer.parseInt(numbers.group(1)), numbers.group(2));
    }
    var names = NAMES.matcher(word.text());
    var type = names.matches() ? number(names.group(1), family) : OptionalInt.empty();
    if (type.isEmpty()) {
      throw word.problem(
          "\"%s\" is no ICMP type of %s.%s Write echo-request, or a number from 0 to 255."
              .formatted(
                  word.text(),
                  family == Family.IPV4 ? "IPv4" : "IPv6",
                  Spelling.hint(word.text(), names(family))));
    }
    return icmp(word, family, type.getAsInt(), names.group(2));
  }

  private static Transport.Icmp icmp(
      Words.Word word, Family family, int type, @Nullable String code) {
    var number = code == null ? 0 : Integer.parseInt(code);
    if (type > 255 || number > 255) {
      throw word.problem("an ICMP type and its code are numbers from 0 to 255.");
    }
    return new Transport.Icmp(family, type, number);
  }

  private static OptionalInt number(String name, Family family) {
    var known = known(family).get(plain(name));
    return known == null ? OptionalInt.empty() : OptionalInt.of(known);
  }

  private static Map<String, Integer> known(Family family) {
    var known = new LinkedHashMap<String, Integer>();
    IcmpTypes.names().forEach(name -> known.put(plain(name), IcmpTypes.number(name, family)));
    OF_ONE_FAMILY
        .getOrDefault(family, Map.of())
        .forEach((name, number) -> known.put(plain(name), number));
    return known;
  }

  private static Set<String> names(Family family) {
    var names = new LinkedHashSet<String>();
    IcmpTypes.names()
        .forEach(
            name -> names.add(name.replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT)));
    names.addAll(OF_ONE_FAMILY.getOrDefault(family, Map.of()).keySet());
    return names;
  }

  private static String plain(String name) {
    return name.replace("-", "").toLowerCase(Locale.ROOT).replace("neighbor", "neighbour");
  }
}
