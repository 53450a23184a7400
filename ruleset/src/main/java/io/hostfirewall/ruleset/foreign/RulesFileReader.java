package io.hostfirewall.ruleset.foreign;

import io.hostfirewall.ruleset.check.Spelling;
import io.hostfirewall.ruleset.foreign.FileDraft.Draft;
import io.hostfirewall.ruleset.foreign.LineWords.Word;
import io.hostfirewall.ruleset.foreign.Mistake.Reading;
import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the text of {@code iptables-save}, of {@code rules.v4} and {@code rules.v6} as people write
 * them, and the plain {@code iptables} commands of a script. It always comes to an end with what
 * could be read and what is wrong.
 */
public final class RulesFileReader {

  /** The largest text that is read: some 100,000 rules. */
  public static final int MAX_CHARACTERS = 16 << 20;

  private static final int MAX_LINE = 64 << 10;

  /** Beyond these nobody reads on, and they would only cost memory. */
  private static final int MAX_MISTAKES = 10_000;

  private static final Pattern COUNTERS = Pattern.compile("\\[\\s*\\d+\\s*:\\s*\\d+\\s*]");
  private static final Pattern CHAIN =
      Pattern.compile(":\\s*(\\S+)(?:\\s+(\\S+))?(?:\\s+\\[.*)?\\s*");
  private static final Pattern COMMAND =
      Pattern.compile("(?:sudo\\s+)?(?:/\\S*/)?ip6?tables(?:-legacy|-nft)?\\s+(.*)");
  private static final List<String> POLICIES = List.of("ACCEPT", "DROP");

  private final String name;
  private final Family family;
  private final List<Mistake> mistakes = new ArrayList<>();
  private final List<Mistake> idle = new ArrayList<>();
  private final FileDraft draft = new FileDraft();
  private String table = "";
  private int line;
  private boolean committed = true;
  private Family printed;

  private RulesFileReader(String name, Family family) {
    this.name = name;
    this.family = family;
    this.printed = family;
  }

  /**
   * Reads a file.
   *
   * @param name of the file, which tells the family if no remark of iptables-save does
   * @throws IllegalArgumentException if the text is longer than {@value #MAX_CHARACTERS} characters
   */
  public static RulesFile read(String name, String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "%s is longer than %d MiB, which no file of rules is."
              .formatted(name, MAX_CHARACTERS >> 20));
    }
    return new RulesFileReader(name, FamilyTeller.of(name, text)).read(text);
  }

  private RulesFile read(String text) {
    for (var line : (Iterable<String>) text.lines()::iterator) {
      this.line++;
      line(this.line == 1 && line.startsWith("\ufeff") ? line.substring(1) : line);
      if (mistakes.size() > MAX_MISTAKES) {
        passOver(0, "there are too many mistakes in this file; what follows was not read.");
        break;
      }
    }
    if (!committed) {
      mistake(0, "the last table has no COMMIT, so iptables-restore would load nothing of it.");
    }
    var tables = draft.finish();
    tables.forEach(this::undeclared);
    mistakes.addAll(idle);
    return new RulesFile(name, family, tables, mistakes);
  }

  /** Where it is loaded, a file with such a chain is refused; here, who calls it finds it. */
  private void undeclared(RulesFile.Table table) {
    var names =
        table.chains().stream().filter(RulesFile.Chain::declared).map(RulesFile.Chain::name);
    var known = Stream.concat(names, Tables.builtIn(table.name()).stream()).distinct().toList();
    for (var chain : table.chains()) {
      if (!chain.declared() && !chain.rules().isEmpty()) {
        mistakes.add(
            new Mistake(
                chain.rules().getFirst().line(),
                0,
                "table %s has no chain %s.%s A chain of one's own is declared first: \":%s - [0:0]\"."
                    .formatted(
                        table.name(),
                        chain.name(),
                        Spelling.hint(chain.name(), known),
                        chain.name()),
                Reading.COUNTS));
      }
    }
  }

  private void line(String whole) {
    var text = whole.strip();
    if (text.isEmpty() || text.startsWith("#")) {
      printed = FamilyTeller.printed(text).orElse(printed);
      return;
    }
    if (FamilyTeller.called(text).orElse(printed) != family) {
      ofOtherFamily();
      return;
    }
    if (whole.length() > MAX_LINE) {
      passOver(0, "a line this long is no rule.");
    } else if (text.startsWith("*")) {
      begin(text.substring(1).strip());
    } else if (text.equalsIgnoreCase("COMMIT")) {
      committed = true;
    } else if (text.startsWith(":")) {
      declare(text);
    } else {
      command(whole);
    }
  }

  private void ofOtherFamily() {
    idle(
        line,
        0,
        family == Family.IPV4
            ? "this is for IPv6, and the file is read as one for IPv4. Put it into a file of its own"
                + " (rules.v6)."
            : "this is for IPv4, and the file is read as one for IPv6. Put it into a file of its own"
                + " (rules.v4).");
  }

  private void begin(String name) {
    if (!committed) {
      mistake(
          0, "table %s above has no COMMIT, so iptables-restore would refuse it.".formatted(table));
    }
    table = name;
    committed = false;
    if (!Tables.has(name)) {
      passOver(1, Tables.missing(name));
    }
    for (var before : draft.begin(name, line)) {
      idle(
          before,
          0,
          "line %d begins table %s once more, which empties it: of a table, iptables-restore loads what comes last."
              .formatted(line, name));
    }
  }

  private String table() {
    return table.isEmpty() ? Tables.FILTER : table;
  }

  private Draft chain(String name) {
    return draft.chain(table(), name, line);
  }

  private void declare(String text) {
    var parts = CHAIN.matcher(text);
    if (!parts.matches()) {
      passOver(1, "a chain is declared as \":NAME POLICY [0:0]\".");
      return;
    }
    var name = parts.group(1);
    var policy = parts.group(2) == null || parts.group(2).startsWith("[") ? "" : parts.group(2);
    declared(name);
    if (!policy.equals("-") && (!policy.isEmpty() || isBuiltIn(name))) {
      policy(name, policy);
    }
  }

  /** A name of a built-in chain is no chain of one's own, in whatever table it stands. */
  private Draft declared(String name) {
    var chain = chain(name);
    chain.declared |= !Tables.isBuiltInSomewhere(name);
    return chain;
  }

  private boolean isBuiltIn(String chain) {
    return Tables.builtIn(table()).contains(chain);
  }

  /** What cannot be read is taken for the one that opens nothing. */
  private void policy(String name, String policy) {
    if (!isBuiltIn(name)) {
      var meant = Spelling.nearest(name, Tables.builtIn(table()));
      passOver(
          0,
          "%s is no built-in chain of table %s and has no policy.%s"
              .formatted(name, table(), Spelling.hint(name, Tables.builtIn(table()))));
      meant
          .map(this::chain)
          .filter(chain -> chain.policy == null)
          .ifPresent(RulesFileReader::close);
    } else if (POLICIES.contains(policy)) {
      chain(name).policy = policy;
    } else {
      passOver(
          0,
          "\"%s\" is no policy of a chain. It is ACCEPT or DROP.%s"
              .formatted(policy, Spelling.hint(policy, POLICIES)));
      close(chain(name));
    }
  }

  private static void close(Draft chain) {
    chain.policy = "DROP";
  }

  private void command(String text) {
    var plain = COUNTERS.matcher(text);
    var without = plain.lookingAt() ? " ".repeat(plain.end()) + text.substring(plain.end()) : text;
    var program = COMMAND.matcher(without.strip());
    var outer = table;
    if (program.matches()) {
      table = Tables.FILTER;
      without = " ".repeat(without.indexOf(program.group(1))) + program.group(1);
    }
    var words = LineWords.of(without);
    if (!words.isClosed()) {
      mistake(text.lastIndexOf('"') + 1, "the quote that opens here never closes.");
    }
    var named = words.takeValueOf("-t", "--table");
    if (named == null) {
      carryOut(words);
    } else if (!program.matches()) {
      passOver(
          named.column(),
          "iptables-restore takes no -t. The table of a line is the last one that began with \"*\".");
    } else if (Tables.has(named.text())) {
      table = named.text();
      carryOut(words);
    } else {
      passOver(named.column(), Tables.missing(named.text()));
    }
    table = program.matches() ? outer : table;
  }

  private void carryOut(LineWords words) {
    var command = words.take();
    switch (command.text()) {
      case "-A", "--append" -> append(words, command);
      case "-I", "--insert" -> insert(words, command);
      case "-N", "--new-chain", "-n" -> declared(name(words, command));
      case "-P", "--policy" -> policy(name(words, command), words.take().text());
      case "-F", "--flush" -> flush(words);
      case "-X", "--delete-chain", "-Z", "--zero" -> words.take();
      case "-D", "--delete", "-R", "--replace", "-E", "--rename-chain" ->
          passOver(
              command.column(),
              "\"%s\" changes rules that are loaded already, which this file does not show."
                  .formatted(command.text()));
      default -> strange(command, words);
    }
  }

  private void strange(Word command, LineWords words) {
    var text = command.text();
    if (text.startsWith("-A") && text.length() > 2) {
      words.putBack(new Word(text.substring(2), command.column() + 2, false));
      append(words, command);
    } else {
      passOver(
          command.column(),
          "\"%s\" begins no line of iptables-save. A rule begins with \"-A CHAIN\"."
              .formatted(text.length() > 40 ? text.substring(0, 40) + "…" : text));
    }
  }

  private String name(LineWords words, Word command) {
    var name = words.take();
    if (name.text().isEmpty()) {
      mistake(command.column(), "%s stands without the name of a chain.".formatted(command.text()));
    }
    return name.text();
  }

  private void append(LineWords words, Word command) {
    add(name(words, command), Integer.MAX_VALUE, words);
  }

  /** iptables-restore passes over a rule that says itself to be of the other family. */
  private void add(String chain, int before, LineWords words) {
    var rules = chain(chain).rules;
    var rule = new RuleReader(line, chain, words, mistakes).read();
    var other = family == Family.IPV4 ? "--ipv6" : "--ipv4";
    rule.options().stream()
        .filter(option -> option.name().equals(other))
        .findFirst()
        .ifPresentOrElse(
            option ->
                idle(
                    line,
                    option.column(),
                    "%s: iptables-restore passes over this rule in a file of the other family."
                        .formatted(other)),
            () -> rules.add(Math.min(before, rules.size()), rule));
  }

  private void insert(LineWords words, Word command) {
    var name = name(words, command);
    var next = words.peek();
    var number = 1;
    if (next != null && next.text().matches("[1-9]\\d{0,5}")) {
      number = Integer.parseInt(words.take().text());
    }
    add(name, number - 1, words);
  }

  private void flush(LineWords words) {
    var name = words.take().text();
    if (name.isEmpty()) {
      draft.chains(table(), line).values().forEach(chain -> chain.rules.clear());
    } else {
      chain(name).rules.clear();
    }
  }

  private void mistake(int column, String sentence) {
    mistakes.add(new Mistake(line, column, sentence, Reading.COUNTS));
  }

  private void passOver(int column, String sentence) {
    mistakes.add(new Mistake(line, column, sentence, Reading.PASSED_OVER));
  }

  private void idle(int line, int column, String sentence) {
    idle.add(new Mistake(line, column, sentence, Reading.IDLE));
  }
}
