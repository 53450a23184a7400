package io.hostfirewall.ruleset.render;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Text for {@code iptables-restore --noflush}. All that is written to one table of the kernel is
 * one transaction; what is not named in it stays as it is.
 */
public final class RestoreText {

  private record Section(List<String> declarations, List<String> commands) {}

  private final Map<String, Section> sections = new LinkedHashMap<>();
  private Section section = new Section(List.of(), List.of());

  /** What follows is written to the table of the kernel in which these chains are. */
  public void in(TableName table) {
    section =
        sections.computeIfAbsent(
            table.text(), name -> new Section(new ArrayList<>(), new ArrayList<>()));
  }

  /** Creates the chains of a table, or empties them, and fills them. */
  public void fill(Table table) {
    table.chains().forEach(chain -> fill(chain.name(), chain.rules()));
  }

  /** Creates a chain, or empties it, and fills it. */
  public void fill(String chain, List<Rule> rules) {
    declare(chain);
    section.commands.add(RuleText.of(new Chain(chain, rules)));
  }

  private void declare(String chain) {
    section.declarations.add(":" + chain + " - [0:0]\n");
  }

  /** Puts a rule into a chain so that it becomes the one with a number, counted from 1. */
  public void insert(String chain, int number, Rule rule) {
    section.commands.add("-I " + chain + " " + number + RuleText.of(rule) + "\n");
  }

  /** Takes the first rule of a chain away that reads like this. */
  public void deleteRule(String chain, Rule rule) {
    section.commands.add("-D " + chain + RuleText.of(rule) + "\n");
  }

  /** Empties chains and takes them away; nothing may lead to them any more. */
  public void delete(List<String> chains) {
    chains.forEach(this::declare);
    chains.forEach(chain -> section.commands.add("-X " + chain + "\n"));
  }

  @Override
  public String toString() {
    var text = new StringBuilder();
    sections.forEach(
        (table, content) -> {
          text.append('*').append(table).append('\n');
          content.declarations.forEach(text::append);
          content.commands.forEach(text::append);
          text.append("COMMIT\n");
        });
    return text.toString();
  }
}
