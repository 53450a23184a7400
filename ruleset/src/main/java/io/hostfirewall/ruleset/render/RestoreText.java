package io.hostfirewall.ruleset.render;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import java.util.ArrayList;
import java.util.List;

/**
 * Text for {@code iptables-restore --noflush}, written table by table. What is not named in it
 * stays as it is.
 */
public final class RestoreText {

  private final StringBuilder text = new StringBuilder();
  private final List<String> declarations = new ArrayList<>();
  private final List<String> commands = new ArrayList<>();

  public void begin(TableName table) {
    text.append('*').append(table.text()).append('\n');
  }

  /** Creates the chains of a table, or empties them, and fills them. */
  public void fill(Table table) {
    table.chains().forEach(chain -> fill(chain.name(), chain.rules()));
  }

  /** Creates a chain, or empties it, and fills it. */
  public void fill(String chain, List<Rule> rules) {
    declare(chain);
    commands.add(RuleText.of(new Chain(chain, rules)));
  }

  private void declare(String chain) {
    declarations.add(":" + chain + " - [0:0]\n");
  }

  /** Puts a rule into a chain so that it becomes the one with a number, counted from 1. */
  public void insert(String chain, int number, Rule rule) {
    commands.add("-I " + chain + " " + number + RuleText.of(rule) + "\n");
  }

  /** Takes the first rule of a chain away that reads like this. */
  public void deleteRule(String chain, Rule rule) {
    commands.add("-D " + chain + RuleText.of(rule) + "\n");
  }

  /** Empties chains and takes them away; nothing may lead to them any more. */
  public void delete(List<String> chains) {
    chains.forEach(this::declare);
    chains.forEach(chain -> commands.add("-X " + chain + "\n"));
  }

  /** Ends a table: until here is one transaction. */
  public void commit() {
    declarations.forEach(text::append);
    commands.forEach(text::append);
    declarations.clear();
    commands.clear();
    text.append("COMMIT\n");
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
