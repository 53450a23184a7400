package io.hostfirewall.agent.cluster;

import io.hostfirewall.agent.cluster.KubectlException.Reason;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.KernelException;
import java.util.ArrayList;
import java.util.List;

/**
 * The API server as a person reaches it: by kubectl, which reads kubeconfig files, logs in and
 * finds its way through proxies like every other plug-in's user expects it.
 *
 * @param flags that say which cluster, and who asks
 */
record Kubectl(Commands commands, List<String> flags) {

  private static final String FORBIDDEN = "Error from server (Forbidden): ";
  private static final String NOT_FOUND = "Error from server (NotFound): ";

  Kubectl {
    flags = List.copyOf(flags);
  }

  /**
   * What {@code kubectl get} prints.
   *
   * @param kind of objects, in the plural
   * @param names of those objects; none for all. Others write some of them, so none of them is ever
   *     taken for an option
   * @throws KubectlException if it does not end well
   */
  String get(String kind, List<String> names, String... options) throws KubectlException {
    var command = new ArrayList<String>(List.of("kubectl", "get"));
    command.addAll(List.of(options));
    command.addAll(flags);
    command.add("--");
    command.add(kind);
    command.addAll(names);
    try {
      var result = commands.attempt(command, "");
      if (result.exit() != 0) {
        throw refusal(result.err(), result.exit());
      }
      return result.out();
    } catch (KernelException e) {
      throw new KubectlException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Sorts what kubectl says; its last line is what counts, those before it are attempts. */
  static KubectlException refusal(String errors, int exit) {
    var said =
        errors
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .reduce((earlier, last) -> last)
            .orElse("it ended with exit code " + exit);
    if (said.startsWith(NOT_FOUND)) {
      return new KubectlException(Reason.NOT_FOUND, said.substring(NOT_FOUND.length()));
    }
    if (said.startsWith(FORBIDDEN)) {
      return new KubectlException(Reason.FORBIDDEN, forbidden(said.substring(FORBIDDEN.length())));
    }
    if (said.contains("the server doesn't have a resource type \"hostfirewall")) {
      return new KubectlException(
          Reason.OTHER,
          "this cluster has no Host Firewall: it does not know its kinds. Install it, or name"
              + " another cluster with --context");
    }
    return new KubectlException(
        Reason.OTHER,
        "the cluster cannot be asked, says kubectl: %s. Look at --kubeconfig, --context and KUBECONFIG"
            .formatted(said.replaceFirst("^error: ", "").replaceFirst("[.?!]$", "")));
  }

  /** The kinds of ours are part of what everybody may see who may see things in the cluster. */
  private static String forbidden(String said) {
    var who = said.replaceFirst("^.* is forbidden: ", "");
    return who.contains("hostfirewall.io")
        ? who + ". Ask an administrator to bind the ClusterRole view to it, which includes that"
        : who + ". Ask an administrator for that right";
  }
}
