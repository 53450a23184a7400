package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.agent.kernel.IpSets;
import io.hostfirewall.agent.kernel.Kernel;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.kernel.Xtables;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.TableName;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A kernel in memory, as far as our texts use one: each table of a restore is all or nothing, sets
 * are carried out line by line. It records what it is asked, and refuses what it is told to.
 */
public final class MemoryKernel implements Xtables, IpSets {

  private final Map<Family, Map<String, Map<String, List<String>>>> tables =
      new EnumMap<>(Family.class);
  private final Map<String, String> heads = new LinkedHashMap<>();
  private final Map<String, Map<String, Long>> entries = new LinkedHashMap<>();
  private final List<String> calls = new ArrayList<>();
  private final Map<Family, Set<String>> asleep = new EnumMap<>(Family.class);
  private volatile List<Family> families = List.of(Family.values());
  private Predicate<String> refused = call -> false;
  private String words = "refused: ";

  public MemoryKernel() {
    for (var family : Family.values()) {
      var ofFamily = new TreeMap<String, Map<String, List<String>>>();
      for (var table : TableName.values()) {
        var chains = ofFamily.computeIfAbsent(table.text(), name -> new TreeMap<>());
        table.hooks().forEach(hook -> chains.put(hook.builtIn(), new ArrayList<>()));
      }
      tables.put(family, ofFamily);
    }
  }

  public Kernel kernel() {
    return new Kernel(this, this, () -> families);
  }

  /** From now on the node has these. */
  public void families(Family... present) {
    families = List.of(present);
  }

  /** What was asked so far: the kind of each call, and what it was to change. */
  public synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** From now on it says this to what it refuses. */
  public synchronized void say(String why) {
    words = why;
  }

  public synchronized void refuse(Predicate<String> call) {
    refused = call;
  }

  public synchronized List<String> chain(Family family, String table, String chain) {
    return chains(family, table).getOrDefault(chain, List.of());
  }

  public synchronized void flush(Family family, String table) {
    chains(family, table).values().forEach(List::clear);
  }

  synchronized List<String> chainNames(Family family, String table) {
    return List.copyOf(chains(family, table).keySet());
  }

  public synchronized void append(Family family, String table, String chain, String rule) {
    chains(family, table).getOrDefault(chain, new ArrayList<>()).add(rule);
  }

  public synchronized List<String> set(String name) {
    return List.copyOf(entries.getOrDefault(name, Map.of()).keySet());
  }

  synchronized List<String> setNames() {
    return List.copyOf(heads.keySet());
  }

  /** Time passes: what has a timeout is gone. */
  synchronized void expire() {
    entries.values().forEach(set -> set.values().removeIf(timeout -> timeout > 0));
  }

  /** The chain in which a packet that enters by INPUT is judged; empty if by none of ours. */
  synchronized String judge(Family family) {
    for (var rule : chains(family, "filter").getOrDefault("HFW-INPUT", List.of())) {
      var guarded = rule.contains("--match-set " + SetNames.trial(family));
      if (!guarded || !entries.getOrDefault(SetNames.trial(family), Map.of()).isEmpty()) {
        return rule.contains(" -g ") ? rule.substring(rule.indexOf(" -g ") + 4) : "";
      }
    }
    return "";
  }

  private Map<String, List<String>> chains(Family family, String table) {
    return tables.getOrDefault(family, Map.of()).getOrDefault(table, Map.of());
  }

  @Override
  public Backend backend() {
    return Backend.NFT;
  }

  /** Tells a table to sleep. */
  public synchronized void sleep(Family family, String table) {
    asleep.computeIfAbsent(family, name -> new HashSet<>()).add(table);
  }

  @Override
  public synchronized Map<Family, Set<String>> asleep() {
    asleep.values().removeIf(Set::isEmpty);
    return Map.copyOf(asleep);
  }

  @Override
  public synchronized void wake(Family family, String table) throws KernelException {
    called("wake " + family + " " + table);
    asleep.getOrDefault(family, Set.of()).remove(table);
  }

  private void called(String call) throws KernelException {
    calls.add(call);
    if (refused.test(call)) {
      throw new KernelException(words + call.lines().findFirst().orElse(""));
    }
  }

  @Override
  public synchronized String save(Family family) throws KernelException {
    called("save " + family);
    var text = new StringBuilder();
    tables
        .getOrDefault(family, Map.of())
        .forEach(
            (table, chains) -> {
              text.append('*').append(table).append('\n');
              chains
                  .keySet()
                  .forEach(
                      chain ->
                          text.append(':')
                              .append(chain)
                              .append(chain.startsWith("HFW-") ? " - [0:0]\n" : " ACCEPT [0:0]\n"));
              chains.forEach(
                  (chain, rules) ->
                      rules.forEach(
                          rule ->
                              text.append("-A ")
                                  .append(chain)
                                  .append(' ')
                                  .append(rule)
                                  .append('\n')));
              text.append("COMMIT\n");
            });
    return text.toString();
  }

  @Override
  public synchronized void restore(Family family, String text) throws KernelException {
    called("restore " + family + "\n" + text);
    var table = "";
    Map<String, List<String>> draft = new TreeMap<>();
    for (var line : text.lines().toList()) {
      if (line.startsWith("*")) {
        table = line.substring(1);
        var copy = new TreeMap<String, List<String>>();
        chains(family, table).forEach((name, rules) -> copy.put(name, new ArrayList<>(rules)));
        draft = copy;
      } else if (line.equals("COMMIT")) {
        tables.getOrDefault(family, Map.of()).put(table, draft);
      } else {
        execute(line, draft);
      }
    }
  }

  private static void execute(String line, Map<String, List<String>> chains)
      throws KernelException {
    if (line.startsWith(":")) {
      chains.put(line.substring(1, line.indexOf(' ')), new ArrayList<>());
      return;
    }
    var words = line.split(" ", 3);
    var rules = chains.get(words[1]);
    if (rules == null) {
      throw new KernelException("no such chain: " + line);
    }
    switch (words[0]) {
      case "-A" -> rules.add(words[2]);
      case "-I" -> {
        var rule = words[2].split(" ", 2);
        rules.add(Integer.parseInt(rule[0]) - 1, rule[1]);
      }
      case "-D" -> {
        if (!rules.remove(words[2])) {
          throw new KernelException("no such rule: " + line);
        }
      }
      case "-X" -> {
        var target = " " + words[1];
        if (!rules.isEmpty()
            || chains.values().stream().flatMap(List::stream).anyMatch(r -> r.endsWith(target))) {
          throw new KernelException("chain in use: " + line);
        }
        chains.remove(words[1]);
      }
      default -> throw new KernelException("not understood: " + line);
    }
  }

  @Override
  public synchronized String save() throws KernelException {
    called("save sets");
    var text = new StringBuilder();
    heads.forEach(
        (name, head) -> {
          text.append(head).append('\n');
          entries
              .getOrDefault(name, Map.of())
              .forEach(
                  (entry, timeout) ->
                      text.append("add ")
                          .append(name)
                          .append(' ')
                          .append(entry)
                          .append(head.endsWith("timeout 0") ? " timeout " + timeout : "")
                          .append('\n'));
        });
    return text.toString();
  }

  @Override
  public synchronized void restore(String text) throws KernelException {
    called("sets\n" + text);
    for (var line : text.lines().toList()) {
      var words = List.of(line.split(" ", -1));
      var name = words.get(1);
      if (!words.getFirst().equals("create") && !heads.containsKey(name)) {
        throw new KernelException("no such set: " + line);
      }
      change(line, words, entries.computeIfAbsent(name, key -> new TreeMap<>()));
    }
  }

  private void change(String line, List<String> words, Map<String, Long> set)
      throws KernelException {
    var name = words.get(1);
    switch (words.getFirst()) {
      case "create" -> {
        if (heads.putIfAbsent(name, line) != null) {
          throw new KernelException("set exists: " + line);
        }
      }
      case "add" -> {
        var timeout = words.size() > 4 ? Long.parseLong(words.get(4)) : 0L;
        if (set.put(words.get(2), timeout) != null && !line.endsWith("-exist")) {
          throw new KernelException("already added: " + line);
        }
      }
      case "del" -> {
        if (set.remove(words.get(2)) == null) {
          throw new KernelException("not added: " + line);
        }
      }
      case "flush" -> set.clear();
      case "swap" -> {
        var other = words.get(2);
        if (!heads.containsKey(other)) {
          throw new KernelException("no such set: " + line);
        }
        entries.put(name, entries.getOrDefault(other, new TreeMap<>()));
        entries.put(other, set);
      }
      case "destroy" -> {
        if (isUsed(name)) {
          throw new KernelException("set in use: " + line);
        }
        heads.remove(name);
        entries.remove(name);
      }
      default -> throw new KernelException("not understood: " + line);
    }
  }

  private boolean isUsed(String set) {
    return tables.values().stream()
        .flatMap(ofFamily -> ofFamily.values().stream())
        .flatMap(chains -> chains.values().stream())
        .flatMap(List::stream)
        .anyMatch(rule -> rule.contains("--match-set " + set + " "));
  }
}
