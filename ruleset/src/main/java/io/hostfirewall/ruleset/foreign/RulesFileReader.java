package io.hostfirewall.ruleset.foreign;

import io.hostfirewall.ruleset.foreign.LineWords.Word;
import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

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
      Pattern.compile("(?:sudo\\s+)?(?:/\\S*/)?ip(6?)tables(?:-legacy|-nft)?\\s+(.*)");
  private static final Pattern IPV6_RULE =
      Pattern.compile(
          "(?i)\\b(icmpv6|ipv6-icmp|icmp6)|[ =!,][0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}(/\\d+)?([ ,-]|$)");

  private static final Pattern IPV4_RULE =
      Pattern.compile("[ =!,]\\d{1,3}(\\.\\d{1,3}){3}\\b|-p icmp\\b|--icmp-type|with icmp-");

  private static final Set<String> BUILT_IN =
      Set.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING");

  /** A chain that is being read. */
  private static final class Draft {
    private final int line;
    private @Nullable String policy;
    private final List<RuleLine> rules = new ArrayList<>();

    private Draft(int line) {
      this.line = line;
    }
  }

  private record DraftTable(int line, Map<String, Draft> chains) {}

  private final String name;
  private final List<Mistake> mistakes = new ArrayList<>();
  private final Map<String, DraftTable> tables = new LinkedHashMap<>();
  private String table = "";
  private int line;
  private boolean committed = true;
  private int sixes;
  private int fours;

  private RulesFileReader(String name) {
    this.name = name;
  }

  /**
   * Reads a file.
   *
   * @param name of the file, which may tell the family
   * @throws IllegalArgumentException if the text is longer than {@value #MAX_CHARACTERS} characters
   */
  public static RulesFile read(String name, String text) {
    if (text.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException(
          "%s is longer than %d MiB, which no file of rules is."
              .formatted(name, MAX_CHARACTERS >> 20));
    }
    return new RulesFileReader(name).read(text);
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
    return new RulesFile(name, family(), finish(), mistakes);
  }

  private List<RulesFile.Table> finish() {
    return tables.entrySet().stream()
        .map(
            table ->
                new RulesFile.Table(
                    table.getKey(),
                    table.getValue().line(),
                    table.getValue().chains().entrySet().stream()
                        .map(RulesFileReader::finish)
                        .toList()))
        .toList();
  }

  private static RulesFile.Chain finish(Map.Entry<String, Draft> chain) {
    var draft = chain.getValue();
    return new RulesFile.Chain(chain.getKey(), draft.line, draft.policy, draft.rules);
  }

  /** What the text speaks of decides, else the name. */
  private Family family() {
    if (sixes != fours) {
      return sixes > fours ? Family.IPV6 : Family.IPV4;
    }
    return name.matches(".*(\\.v6|[iI][pP]v?6).*") ? Family.IPV6 : Family.IPV4;
  }

  private void line(String whole) {
    var text = whole.strip();
    tellFamily(text);
    if (text.isEmpty() || text.startsWith("#")) {
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

  private void tellFamily(String text) {
    if (text.startsWith("#")) {
      sixes += text.contains("ip6tables-save") ? 1 : 0;
      fours += text.contains("by iptables-save") ? 1 : 0;
    } else if (!text.startsWith(":") && !text.contains("--mac-source")) {
      sixes += IPV6_RULE.matcher(text).find() ? 1 : 0;
      fours += IPV4_RULE.matcher(text).find() ? 1 : 0;
    }
  }

  private void begin(String name) {
    if (!committed) {
      mistake(
          0, "table %s above has no COMMIT, so iptables-restore would refuse it.".formatted(table));
    }
    table = name;
    tables.computeIfAbsent(name, n -> new DraftTable(line, new LinkedHashMap<>()));
    committed = false;
  }

  private Map<String, Draft> chains() {
    if (table.isEmpty()) {
      table = "filter";
    }
    return tables.computeIfAbsent(table, n -> new DraftTable(line, new LinkedHashMap<>())).chains();
  }

  private Draft chain(String name) {
    return chains().computeIfAbsent(name, n -> new Draft(line));
  }

  private void declare(String text) {
    var parts = CHAIN.matcher(text);
    if (!parts.matches()) {
      passOver(1, "a chain is declared as \":NAME POLICY [0:0]\".");
      return;
    }
    var policy = parts.group(2);
    var chain = chain(parts.group(1));
    if (policy != null && !policy.equals("-") && !policy.startsWith("[")) {
      policy(chain, parts.group(1), policy);
    }
  }

  private void policy(Draft chain, String name, String policy) {
    if (!Set.of("ACCEPT", "DROP").contains(policy)) {
      mistake(0, "\"%s\" is no policy of a chain. It is ACCEPT or DROP.".formatted(policy));
    } else if (!BUILT_IN.contains(name)) {
      mistake(0, "%s is no built-in chain and has no policy.".formatted(name));
    } else {
      chain.policy = policy;
    }
  }

  private void command(String text) {
    var plain = COUNTERS.matcher(text);
    var without = plain.lookingAt() ? " ".repeat(plain.end()) + text.substring(plain.end()) : text;
    var program = COMMAND.matcher(without.strip());
    var outer = table;
    if (program.matches()) {
      table = "filter";
      without = " ".repeat(without.indexOf(program.group(2))) + program.group(2);
    }
    var words = LineWords.of(without);
    if (!words.isClosed()) {
      mistake(text.lastIndexOf('"') + 1, "the quote that opens here never closes.");
    }
    takeTable(words);
    carryOut(words);
    table = program.matches() ? outer : table;
  }

  private void takeTable(LineWords words) {
    if (words.takes("-t") || words.takes("--table")) {
      table = words.take().text();
    }
  }

  private void carryOut(LineWords words) {
    var command = words.take();
    switch (command.text()) {
      case "-A", "--append" -> append(words, command);
      case "-I", "--insert" -> insert(words, command);
      case "-N", "--new-chain", "-n" -> chain(name(words, command));
      case "-P", "--policy" -> {
        var name = name(words, command);
        policy(chain(name), name, words.take().text());
      }
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
    var name = name(words, command);
    var rule = new RuleReader(line, words, mistakes).read();
    chain(name).rules.add(rule);
  }

  private void insert(LineWords words, Word command) {
    var name = name(words, command);
    var next = words.peek();
    var number = 1;
    if (next != null && next.text().matches("[1-9]\\d{0,5}")) {
      number = Integer.parseInt(words.take().text());
    }
    var rules = chain(name).rules;
    rules.add(Math.min(number - 1, rules.size()), new RuleReader(line, words, mistakes).read());
  }

  private void flush(LineWords words) {
    var name = words.take().text();
    if (name.isEmpty()) {
      chains().values().forEach(chain -> chain.rules.clear());
    } else {
      chain(name).rules.clear();
    }
  }

  private void mistake(int column, String sentence) {
    mistakes.add(new Mistake(line, column, sentence));
  }

  private void passOver(int column, String sentence) {
    mistakes.add(new Mistake(line, column, sentence, true));
  }
}
