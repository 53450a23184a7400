package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** iptables by its programs. */
public final class XtablesCommands implements Xtables {

  /** Seconds that a program waits for the lock that others of its kind hold. */
  private static final String WAIT = "10";

  /**
   * Letters from which on only the tables that matter are asked for. With the 40,000 rules of
   * 10,000 services in table nat iptables-nft needs 2.2 s of CPU for all tables, 0.1 s for one
   * (measured); with few rules one program less is better.
   */
  private static final int MUCH = 256 * 1024;

  /** Where our rules stand. */
  private static final List<String> OURS = List.of("raw", "filter");

  /** The same, and where kubelet leaves chains by which it is known. */
  static final List<String> OF_INTEREST = List.of("raw", "mangle", "filter");

  /** All that iptables-nft-save says of a table with a rule that it cannot translate. */
  private static final Pattern HIDDEN =
      Pattern.compile("^# Table [`'](raw|filter)' is incompatible", Pattern.MULTILINE);

  private final Backend backend;
  private final Commands commands;

  /** Families of which the whole text was too much. */
  private final Set<Family> crowded = ConcurrentHashMap.newKeySet();

  public XtablesCommands(Backend backend, Commands commands) {
    this.backend = backend;
    this.commands = commands;
  }

  @Override
  public Backend backend() {
    return backend;
  }

  @Override
  public String save(Family family) throws KernelException {
    return save(family, OURS);
  }

  /**
   * The rules of a family, those of these tables at least.
   *
   * @throws HiddenTableException if a table in which ours may stand is not shown
   */
  String save(Family family, List<String> tables) throws KernelException {
    var text = read(family, tables);
    var hidden = HIDDEN.matcher(text);
    if (hidden.find()) {
      throw new HiddenTableException(family, hidden.group(1));
    }
    return text;
  }

  private String read(Family family, List<String> tables) throws KernelException {
    var program = backend.program(family, "save");
    if (crowded.contains(family)) {
      var text = new StringBuilder();
      for (var table : tables) {
        text.append(commands.run(List.of(program, "-c", "-t", table), ""));
      }
      return text.toString();
    }
    var all = commands.run(List.of(program, "-c"), "");
    // On legacy naming a table creates it, and the whole costs little.
    if (backend == Backend.NFT && all.length() > MUCH) {
      crowded.add(family);
    }
    return all;
  }

  @Override
  public Map<Family, Set<String>> asleep() throws KernelException {
    return backend == Backend.NFT ? new NftTables(commands).asleep() : Map.of();
  }

  @Override
  public void wake(Family family, String table) throws KernelException {
    new NftTables(commands).wake(family, table);
  }

  @Override
  public void restore(Family family, String text) throws KernelException {
    commands.run(List.of(backend.program(family, "restore"), "--noflush", "-w", WAIT), text);
  }
}
