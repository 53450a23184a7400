package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;
import java.util.List;

/** iptables by its programs. */
public record XtablesCommands(Backend backend, Commands commands) implements Xtables {

  /** Seconds that a program waits for the lock that others of its kind hold. */
  private static final String WAIT = "10";

  /**
   * Without {@code -t}: on nft it costs no more than one table (measured, foreign rules included),
   * and on legacy naming a table creates it.
   */
  @Override
  public String save(Family family) throws KernelException {
    return commands.run(List.of(backend.program(family, "save"), "-c"), "");
  }

  @Override
  public void restore(Family family, String text) throws KernelException {
    commands.run(List.of(backend.program(family, "restore"), "--noflush", "-w", WAIT), text);
  }
}
