package io.hostfirewall.ruleset.packet;

import io.hostfirewall.ruleset.check.Spelling;
import io.hostfirewall.ruleset.model.ConnState;
import io.hostfirewall.ruleset.model.Rate;
import io.hostfirewall.ruleset.model.TcpFlag;
import io.hostfirewall.ruleset.packet.Words.Word;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What stands behind the two ends of a packet's way. */
final class Options {

  private static final List<String> KNOWN =
      List.of(
          "in", "out", "forward", "local", "dnat", "flags", "state", "at", "connections", "hops");

  private static final Pattern INTERFACE = Pattern.compile("[^\\s/+*!:]{1,15}");
  private static final Pattern RATE = Pattern.compile("([1-9]\\d{0,8})/([a-zA-Z]+)");
  private static final String FLAGS = "FSRPAU";

  private static final Set<ConnState> STATES =
      Collections.unmodifiableSet(
          EnumSet.of(
              ConnState.NEW,
              ConnState.ESTABLISHED,
              ConnState.RELATED,
              ConnState.INVALID,
              ConnState.UNTRACKED));

  private final Words words;
  private final Set<String> seen = new HashSet<>();

  @Nullable String in;
  @Nullable Word out;
  String outDevice = "";
  @Nullable Word dnat;
  Endpoint translated = Endpoint.NOTHING;
  @Nullable Word flagsWord;
  @Nullable Set<TcpFlag> flags;
  @Nullable ConnState state;
  @Nullable Rate at;
  @Nullable Integer hops;
  int connections = 1;
  boolean forward;
  private @Nullable Word localWord;

  Options(Words words) {
    this.words = words;
  }

  Options read() {
    while (words.peek().isPresent()) {
      var option = words.take("");
      var name = option.text().toLowerCase(Locale.ROOT);
      if (!seen.add(name)) {
        throw option.problem("\"%s\" stands twice. Delete one of the two.".formatted(name));
      }
      read(option, name);
    }
    if (localWord != null && dnat == null) {
      throw localWord.problem(
          "local is about a packet that the node translates. Write dnat before it, or leave it out.");
    }
    return this;
  }

  /** Whether the node translates it to itself. */
  boolean isLocal() {
    return localWord != null;
  }

  private void read(Word option, String name) {
    switch (name) {
      case "in" -> in = device("in");
      case "out" -> {
        out = option;
        outDevice = device("out");
      }
      case "forward" -> forward = true;
      case "local" -> localWord = option;
      case "dnat" -> {
        dnat = option;
        translated = endpoint();
      }
      case "flags" -> {
        flagsWord = option;
        flags = flags(words.take("write the flags, such as S, SA, F or none."));
      }
      case "state" -> state = state(words.take("write the state, such as new or established."));
      case "at" -> at = rate(words.take("write how many, such as 5/s or 100/min."));
      case "connections" ->
          connections = connections(words.take("write how many its source has, such as 10."));
      case "hops" -> hops = hops(words.take("write the hop limit, such as 64."));
      default ->
          throw option.problem(
              "\"%s\" is no option of a packet.%s Write one of %s."
                  .formatted(option.text(), Spelling.hint(name, KNOWN), String.join(", ", KNOWN)));
    }
  }

  private String device(String option) {
    var word = words.take("write the interface, such as " + option + " eth0.");
    if (!INTERFACE.matcher(word.text()).matches()) {
      throw word.problem(
          "\"%s\" is no interface. Write its whole name, such as eth0.".formatted(word.text()));
    }
    return word.text();
  }

  /** Where it is translated to may be left out. */
  private Endpoint endpoint() {
    var next = words.peek().map(Word::text).orElse("");
    return next.matches("[\\[:0-9].*") || next.indexOf(':') >= 0
        ? Endpoint.parse(words.take(""))
        : Endpoint.NOTHING;
  }

  private static Set<TcpFlag> flags(Word word) {
    var flags = EnumSet.noneOf(TcpFlag.class);
    if (word.text().equalsIgnoreCase("none")) {
      return flags;
    }
    for (var i = 0; i < word.text().length(); i++) {
      var letter = Character.toUpperCase(word.text().charAt(i));
      var flag = letter == '.' ? TcpFlag.ACK : flag(letter);
      if (flag == null) {
        throw word.problem(
            i,
            "\"%s\" is no TCP flag that rules look at. Write letters of %s, or none."
                .formatted(word.text().charAt(i), FLAGS));
      }
      flags.add(flag);
    }
    return flags;
  }

  private static @Nullable TcpFlag flag(char letter) {
    for (var flag : TcpFlag.values()) {
      if (flag.name().charAt(0) == letter) {
        return flag;
      }
    }
    return null;
  }

  private static ConnState state(Word word) {
    for (var state : STATES) {
      if (state.name().equalsIgnoreCase(word.text())) {
        return state;
      }
    }
    var names = STATES.stream().map(state -> state.name().toLowerCase(Locale.ROOT)).toList();
    throw word.problem(
        word.text().equalsIgnoreCase("dnat")
            ? "write dnat without state; the port before it is the one that was spoken to."
            : "\"%s\" is no state.%s Write one of %s."
                .formatted(
                    word.text(), Spelling.hint(word.text(), names), String.join(", ", names)));
  }

  private static Rate rate(Word word) {
    var parts = RATE.matcher(word.text());
    if (parts.matches()) {
      var unit = parts.group(2).toLowerCase(Locale.ROOT);
      for (var known : Rate.Unit.values()) {
        if (known.name().toLowerCase(Locale.ROOT).startsWith(unit) || known.text().equals(unit)) {
          return new Rate(Long.parseLong(parts.group(1)), known);
        }
      }
    }
    throw word.problem(
        "\"%s\" is no rate. Write how many per s, min, hour or day, such as 5/s."
            .formatted(word.text()));
  }

  private static int connections(Word word) {
    if (!word.text().matches("[1-9]\\d{0,6}")) {
      throw word.problem(
          "\"%s\" is no number of connections. Write one from 1, this one included."
              .formatted(word.text()));
    }
    return Integer.parseInt(word.text());
  }

  private static int hops(Word word) {
    if (!word.text().matches("\\d{1,3}") || Integer.parseInt(word.text()) > 255) {
      throw word.problem(
          "\"%s\" is no hop limit. Write a number from 0 to 255.".formatted(word.text()));
    }
    return Integer.parseInt(word.text());
  }
}
