package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Sets by the program ipset. */
public record IpSetCommands(Commands commands) implements IpSets {

  /** What ipset prints before each answer when it reads its commands from a pipe. */
  public static final String PROMPT = "ipset> ";

  /** One program for all sets of ours: those of others may hold a hundred thousand entries. */
  @Override
  public String save() throws KernelException {
    var names =
        commands.run(List.of("ipset", "-n", "list"), "").lines().filter(IpSetCommands::ours);
    var requests = names.map(name -> "save " + name + "\n").collect(Collectors.joining());
    return requests.isEmpty()
        ? ""
        : commands.run(List.of("ipset", "-"), requests).replace(PROMPT, "");
  }

  @Override
  public void restore(String text) throws KernelException {
    if (!text.isEmpty()) {
      commands.run(List.of("ipset", "restore"), text);
    }
  }

  private static boolean ours(String name) {
    return Stream.of(Family.values()).anyMatch(family -> name.startsWith(family.setPrefix()));
  }
}
