package io.hostfirewall.ruleset.trial;

import io.hostfirewall.ruleset.model.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code iptables-restore --noflush} does to tables, as far as our texts use it: declarations
 * create or empty a chain, {@code -X} wants an empty chain that nothing leads to, a table is all or
 * nothing.
 */
final class RestoreSimulator {

  private Map<String, Map<String, List<String>>> tables = new LinkedHashMap<>();

  RestoreSimulator() {
    for (var table : TableName.values()) {
      var chains = tables.computeIfAbsent(table.text(), name -> new LinkedHashMap<>());
      table.hooks().forEach(hook -> chains.put(hook.builtIn(), new ArrayList<>()));
    }
  }

  void restore(String text) {
    String table = null;
    Map<String, List<String>> chains = Map.of();
    for (var line : text.lines().toList()) {
      if (line.startsWith("*")) {
        table = line.substring(1);
        chains = copy(tables.getOrDefault(table, Map.of()));
      } else if (line.equals("COMMIT")) {
        tables.put(String.valueOf(table), chains);
      } else {
        execute(line, chains);
      }
    }
  }

  private static Map<String, List<String>> copy(Map<String, List<String>> chains) {
    var copy = new LinkedHashMap<String, List<String>>();
    chains.forEach((name, rules) -> copy.put(name, new ArrayList<>(rules)));
    return copy;
  }

  private static void execute(String line, Map<String, List<String>> chains) {
    if (line.startsWith(":")) {
      chains.put(line.substring(1, line.indexOf(' ')), new ArrayList<>());
      return;
    }
    var words = line.split(" ", 3);
    var rules = chains.get(words[1]);
    if (rules == null) {
      throw new IllegalStateException("no such chain: " + line);
    }
    switch (words[0]) {
      case "-A" -> rules.add(words[2]);
      case "-I" -> {
        var rule = words[2].split(" ", 2);
        rules.add(Integer.parseInt(rule[0]) - 1, rule[1]);
      }
      case "-D" -> {
        if (!rules.remove(words[2])) {
          throw new IllegalStateException("no such rule: " + line);
        }
      }
      case "-X" -> {
        if (!rules.isEmpty() || isReferred(words[1], chains)) {
          throw new IllegalStateException("chain is in use: " + line);
        }
        chains.remove(words[1]);
      }
      default -> throw new IllegalStateException("unknown: " + line);
    }
  }

  private static boolean isReferred(String chain, Map<String, List<String>> chains) {
    return chains.values().stream()
        .flatMap(List::stream)
        .anyMatch(rule -> rule.endsWith("-j " + chain) || rule.endsWith("-g " + chain));
  }

  /**
   * Runs a foreign command such as {@code -F HFW-INPUT} or {@code -I INPUT 1 -j ACCEPT} in a table.
   */
  void foreign(String table, String command) {
    if (command.startsWith("-F ")) {
      tables.get(table).get(command.substring(3)).clear();
    } else {
      execute(command, tables.get(table));
    }
  }

  /** What iptables-save would print. */
  String save() {
    var text = new StringBuilder();
    tables.forEach(
        (table, chains) -> {
          text.append('*').append(table).append('\n');
          chains.forEach(
              (name, rules) ->
                  text.append(':')
                      .append(name)
                      .append(name.startsWith("HFW-") ? " - [0:0]\n" : " ACCEPT [0:0]\n"));
          chains.forEach(
              (name, rules) ->
                  rules.forEach(
                      rule ->
                          text.append("-A ").append(name).append(' ').append(rule).append('\n')));
          text.append("COMMIT\n");
        });
    return text.toString();
  }
}
