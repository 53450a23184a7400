package io.hostfirewall.ruleset.foreign;

import io.hostfirewall.ruleset.foreign.LineWords.Word;
import io.hostfirewall.ruleset.foreign.RuleLine.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what stands behind {@code -A CHAIN}, in any order and spelling that iptables takes. */
final class RuleReader {

  /** Options whose value is a list, which people like to write with a blank in it. */
  private static final Set<String> LISTS =
      Set.of(
          "--state", "--ctstate", "--dports", "--sports", "--ports", "--source", "--destination");

  /** Matches that iptables refuses without an option of theirs, and that would mean any packet. */
  private static final Set<String> NEVER_ALONE =
      Set.of("addrtype", "comment", "conntrack", "iprange", "multiport", "state");

  /** Matches, and options of them, that iptables refuses without their protocol. */
  private static final Set<String> OF_PROTOCOLS =
      Set.of("tcp", "udp", "sctp", "dccp", "udplite", "icmp", "icmp6", "icmpv6", "multiport");

  private static final Set<String> WITHOUT_MEANING =
      Set.of("-v", "--verbose", "-n", "--numeric", "-x", "--exact", "--line-numbers", "-w");

  private final int line;
  private final String chain;
  private final LineWords words;
  private final List<Mistake> mistakes;
  private final LoadedOptions loaded = new LoadedOptions();
  private final List<String> modules = new ArrayList<>();
  private final List<RuleOption> conditions = new ArrayList<>();
  private final List<RuleOption> ofTarget = new ArrayList<>();
  private @Nullable Word target;
  private int targetPlace = -1;
  private boolean returns = true;
  private boolean strange;
  private boolean readable = true;
  private String comment = "";
  private boolean commented;

  RuleReader(int line, String chain, LineWords words, List<Mistake> mistakes) {
    this.line = line;
    this.chain = chain;
    this.words = words;
    this.mistakes = mistakes;
  }

  RuleLine read() {
    while (!words.isEmpty()) {
      option();
    }
    requireOptions();
    requireWhole();
    requireProtocol();
    var leads =
        target == null ? null : new Target(target.text(), target.column(), returns, ofTarget);
    return new RuleLine(line, modules, conditions, leads, comment, readable);
  }

  private void requireOptions() {
    for (var module : modules) {
      if (NEVER_ALONE.contains(module)
          && !(module.equals("comment") && commented)
          && conditions.stream().noneMatch(o -> Vocabulary.belongs(o.name(), module))) {
        refuse(0, "-m %s stands without an option of it.".formatted(module));
      }
    }
  }

  private void requireWhole() {
    if (modules.contains("hashlimit")
        && !(has("--hashlimit-name") && (has("--hashlimit-upto") || has("--hashlimit-above")))) {
      refuse(0, "-m hashlimit needs --hashlimit-name, and --hashlimit-upto or --hashlimit-above.");
    }
    ofTarget.stream()
        .filter(o -> o.name().equals("--reject-with") && o.value().equals("tcp-reset"))
        .filter(o -> conditions.stream().noneMatch(RuleReader::isTcp))
        .findFirst()
        .ifPresent(o -> refuse(o.column(), "tcp-reset answers TCP alone. Write -p tcp."));
  }

  private boolean has(String option) {
    return conditions.stream().anyMatch(o -> o.name().equals(option));
  }

  private void requireProtocol() {
    if (!readable) {
      return;
    }
    if (conditions.stream().anyMatch(RuleReader::isProtocol)) {
      modules.stream()
          .filter(loaded::isOfOtherProtocol)
          .findFirst()
          .ifPresent(m -> refuse(0, "-m %s needs its protocol, -p %s.".formatted(m, m)));
      return;
    }
    conditions.stream()
        .filter(RuleOption::known)
        .filter(o -> OF_PROTOCOLS.stream().anyMatch(m -> Vocabulary.belongs(o.name(), m)))
        .findFirst()
        .ifPresentOrElse(
            option ->
                refuse(
                    option.column(),
                    "%s needs a protocol, such as -p tcp.".formatted(option.name())),
            () ->
                modules.stream()
                    .filter(OF_PROTOCOLS::contains)
                    .findFirst()
                    .ifPresent(m -> refuse(0, "-m %s needs its protocol, -p %s.".formatted(m, m))));
  }

  private static boolean isProtocol(RuleOption option) {
    return option.name().equals("--protocol")
        && !option.negated()
        && !Set.of("all", "0").contains(option.value());
  }

  private static boolean isTcp(RuleOption option) {
    return isProtocol(option)
        && (option.value().equalsIgnoreCase("tcp") || option.value().equals("6"));
  }

  /** Of a line that iptables does not take. */
  private void refuse(int column, String sentence) {
    readable = false;
    mistake(column, sentence);
  }

  private void option() {
    var negated = negation(words);
    var word = words.take();
    if (word.quoted() || !word.text().startsWith("-")) {
      loose(word);
      return;
    }
    unglue(word);
    var option = words.take();
    var found = loaded.find(option.text());
    if (found.isPresent()) {
      known(option, found.get(), negated);
    } else if (!WITHOUT_MEANING.contains(option.text())) {
      var elsewhere = Vocabulary.of(option.text());
      if (elsewhere.isPresent() && !mayBeOfOthers()) {
        notLoaded(option, elsewhere.get(), negated);
      } else {
        unknown(option, negated);
      }
    }
  }

  /** Whether the rule has a match or a target whose options are not known here. */
  private boolean mayBeOfOthers() {
    return strange || (target != null && !Vocabulary.isTarget(target.text()));
  }

  /** iptables says of it that it is unknown, and so it is without what it belongs to. */
  private void notLoaded(Word option, Vocabulary.Meaning meaning, boolean negated) {
    var values = values(option, meaning);
    refuse(option.column(), "%s needs %s before it.".formatted(option.text(), owner(meaning)));
    conditions.add(new RuleOption(meaning.name(), negated, values.texts(), true, option.column()));
  }

  private static String owner(Vocabulary.Meaning meaning) {
    var owners = Vocabulary.extensionsWith(meaning);
    var first = owners.getFirst();
    if (Vocabulary.isTarget(first)) {
      return "-j " + first;
    }
    if (!OF_PROTOCOLS.contains(first) || first.equals("multiport")) {
      return "-m " + first;
    }
    return owners.size() == 1 ? "-p " + first : "a protocol, such as -p " + first + ",";
  }

  private boolean negation(LineWords words) {
    var negated = words.takes("!");
    var next = words.peek();
    if (next != null && !next.quoted() && next.text().startsWith("!-")) {
      words.take();
      words.putBack(new Word(next.text().substring(1), next.column() + 1, false));
      mistake(next.column(), "\"%s\" needs a blank behind \"!\".".formatted(next.text()));
      return true;
    }
    return negated;
  }

  /** A word that belongs to no option. */
  private void loose(Word word) {
    if (!word.quoted() && word.text().startsWith("#")) {
      mistake(word.column(), "iptables takes no remark behind a rule. Give it a line of its own.");
      while (!words.isEmpty()) {
        words.take();
      }
      return;
    }
    if (word.text().isEmpty()) {
      return;
    }
    readable = false;
    mistake(
        word.column(),
        "\"%s\" belongs to no option.%s"
            .formatted(word.text(), Vocabulary.optionHint("--" + word.text())));
  }

  /** Puts an option back as a word of its own: {@code -ptcp}, {@code --long=value}, –dport. */
  private void unglue(Word word) {
    var text = word.text();
    var equals = text.indexOf('=');
    if (text.startsWith("--") && equals > 0) {
      words.putBack(new Word(text.substring(equals + 1), word.column() + equals + 1, true));
      words.putBack(new Word(text.substring(0, equals), word.column(), false));
    } else if (!text.startsWith("--") && text.length() > 2 && isShort(text.substring(0, 2))) {
      words.putBack(new Word(text.substring(2), word.column() + 2, false));
      words.putBack(new Word(text.substring(0, 2), word.column(), false));
    } else {
      words.putBack(word);
    }
  }

  private static boolean isShort(String option) {
    return Vocabulary.of(option).isPresent();
  }

  private record Values(List<String> texts, boolean negated) {}

  private Values values(Word option, Vocabulary.Meaning meaning) {
    var values = new ArrayList<String>();
    var negated = false;
    for (var i = 0; i < meaning.values(); i++) {
      negated |= i == 0 && negatedValue();
      values.add(value(option, meaning));
    }
    return new Values(values, negated);
  }

  private void known(Word option, LoadedOptions.Loaded found, boolean before) {
    var meaning = found.meaning();
    var read = values(option, meaning);
    var values = read.texts();
    var negated = before || read.negated();
    TargetValues.refused(meaning.name(), values).ifPresent(why -> refuse(option.column(), why));
    switch (meaning.name()) {
      case "--match" -> module(option, values.getFirst());
      case "--jump", "--goto" -> target(option, values.getFirst(), meaning.name().equals("--jump"));
      case "--comment" -> {
        comment = values.getFirst();
        commented = true;
      }
      case "--set-counters" -> counters(option, values.getFirst());
      case String name -> {
        var given = new RuleOption(name, negated, values, true, option.column());
        if (isProtocol(given)) {
          loaded.protocol(given.value());
        }
        if (found.place() == targetPlace) {
          ofTarget.add(given);
        } else {
          condition(given, found);
        }
      }
    }
  }

  private void condition(RuleOption option, LoadedOptions.Loaded found) {
    OptionValues.refused(option, chain).ifPresent(why -> refuse(option.column(), why));
    if (loaded.isRepeated(found)) {
      refuse(
          option.column(), "a rule has %s once. Write a rule for each.".formatted(option.name()));
    }
    conditions.add(option);
  }

  /** The old spelling: {@code -s ! 10.0.0.0/8}. */
  private boolean negatedValue() {
    if (words.takes("!")) {
      return true;
    }
    var next = words.peek();
    if (next == null || next.quoted() || next.text().length() < 2 || !next.text().startsWith("!")) {
      return false;
    }
    words.take();
    words.putBack(new Word(next.text().substring(1), next.column() + 1, false));
    return true;
  }

  private String value(Word option, Vocabulary.Meaning meaning) {
    var next = words.peek();
    if (next == null || (!next.quoted() && Vocabulary.of(next.text()).isPresent())) {
      readable = false;
      mistake(option.column(), "%s stands without its value.".formatted(option.text()));
      return "";
    }
    var value = new StringBuilder(words.take().text());
    while (LISTS.contains(meaning.name()) && continues(value)) {
      var more = words.take();
      mistake(more.column(), "a list has no blanks. Write \"%s%s\".".formatted(value, more.text()));
      value.append(more.text());
    }
    return value.toString();
  }

  private boolean continues(StringBuilder value) {
    var next = words.peek();
    return next != null
        && !next.quoted()
        && !next.text().startsWith("-")
        && (value.toString().endsWith(",") || next.text().startsWith(","));
  }

  private void module(Word option, String name) {
    if (!Vocabulary.isExtension(name)) {
      strange = true;
      mistake(
          option.column(),
          "there is no match \"%s\" that is known here.%s"
              .formatted(name, Vocabulary.extensionHint(name)));
    }
    modules.add(name);
    loaded.load(name);
  }

  private void target(Word option, String name, boolean returns) {
    if (target != null) {
      readable = false;
      mistake(option.column(), "a rule has one target, and this is its second.");
    }
    this.target = new Word(name, option.column(), false);
    this.returns = returns;
    this.targetPlace = Vocabulary.isTarget(name) ? loaded.load(name) : -1;
  }

  /** {@code -c 1 2} or {@code -c 1,2}. */
  private void counters(Word option, String value) {
    var next = words.peek();
    var both = value;
    if (value.indexOf(',') < 0 && next != null && next.text().matches("\\d+")) {
      both = value + "," + words.take().text();
    }
    if (!both.matches("\\d+,\\d+")) {
      refuse(
          option.column(),
          "%s takes two numbers, of packets and of bytes.".formatted(option.text()));
    }
  }

  /** An option of something that nobody here knows takes all words up to the next option. */
  private void unknown(Word option, boolean negated) {
    var values = new ArrayList<String>();
    for (var next = words.peek(); next != null; next = words.peek()) {
      if (!next.quoted() && (next.text().startsWith("-") || next.text().equals("!"))) {
        break;
      }
      values.add(words.take().text());
    }
    if (!mayBeOfOthers()) {
      refuse(
          option.column(),
          "%s: unknown option.%s".formatted(option.text(), Vocabulary.optionHint(option.text())));
    }
    conditions.add(new RuleOption(option.text(), negated, values, false, option.column()));
  }

  private void mistake(int column, String sentence) {
    mistakes.add(new Mistake(line, column, sentence, Mistake.Reading.COUNTS));
  }
}
