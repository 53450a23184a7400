package io.hostfirewall.agent.loop;

import java.util.List;

/**
 * What the agent found beside its own rules.
 *
 * @param lastDrift what somebody changed and the agent put back; empty for nothing since the rules
 *     in force were applied
 * @param contestedBy who lets packets by before our rules, again and again; empty for nobody
 * @param droppedBelow rules of others that may drop what ours let pass
 * @param otherBackEnd what stands in the iptables that we do not use; empty for nothing of interest
 * @param bypassed what never meets our rules; empty for nothing of interest
 * @param exhausted why new connections may fail before any rule; empty if they do not
 * @param notUntracked why a full table of connections closes SSH to administrators too; empty if it
 *     does not
 * @param journalProblem why nothing is written down for the next start; empty if it is
 */
record Findings(
    String lastDrift,
    String contestedBy,
    List<String> droppedBelow,
    String otherBackEnd,
    String bypassed,
    String exhausted,
    String notUntracked,
    String journalProblem) {

  Findings {
    droppedBelow = List.copyOf(droppedBelow);
  }

  static Findings none() {
    return new Findings("", "", List.of(), "", "", "", "", "");
  }
}
