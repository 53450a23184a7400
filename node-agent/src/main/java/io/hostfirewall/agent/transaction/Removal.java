package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.HostKernel;
import io.hostfirewall.agent.kernel.Kernel;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.parse.SavedSet;
import io.hostfirewall.ruleset.trial.KernelState;
import io.hostfirewall.ruleset.trial.Steps;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Takes everything of ours out of the kernel, whichever back end it stands in and whatever state it
 * is in. Each table of each family is one transaction: at every moment a packet meets all of our
 * rules there or none.
 */
public final class Removal {

  private final List<Kernel> kernels;

  /**
   * @param kernels one for each back end
   */
  Removal(List<Kernel> kernels) {
    this.kernels = List.copyOf(kernels);
  }

  public static Removal of(HostKernel host) {
    return new Removal(host.installed().stream().map(host::kernel).toList());
  }

  /** What would be carried out, a line each; empty if nothing of ours stands. */
  public String plan() throws KernelException {
    var text = new StringBuilder();
    for (var kernel : kernels) {
      for (var step : steps(kernel.observeRules()).entrySet()) {
        if (!step.getValue().isEmpty()) {
          text.append(
                  "# %s, iptables-%s\n".formatted(named(step.getKey()), kernel.backend().text()))
              .append(step.getValue());
        }
      }
    }
    for (var set : sets(kernels.getFirst().observe())) {
      text.append("destroy ").append(set).append('\n');
    }
    return text.toString();
  }

  /** Removes it, and says a line for each thing that went. */
  public String remove() throws KernelException {
    var text = new StringBuilder();
    for (var kernel : kernels) {
      var steps = steps(kernel.observeRules());
      kernel.restoreRules(steps);
      steps.entrySet().stream()
          .filter(step -> !step.getValue().isEmpty())
          .forEach(
              step ->
                  text.append(
                      "Removed the %s rules of iptables-%s.\n"
                          .formatted(named(step.getKey()), kernel.backend().text())));
    }
    var sets = sets(kernels.getFirst().observe());
    kernels.getFirst().destroySets(sets);
    if (!sets.isEmpty()) {
      text.append("Removed %d sets.\n".formatted(sets.size()));
    }
    return text.isEmpty() ? "Nothing of ours stood in the kernel.\n" : text.toString();
  }

  static Map<Family, String> steps(Map<Family, KernelState> rules) {
    var steps = new EnumMap<Family, String>(Family.class);
    rules.forEach((family, state) -> steps.put(family, Steps.remove(state)));
    return steps;
  }

  private static String named(Family family) {
    return family == Family.IPV4 ? "IPv4" : "IPv6";
  }

  private static List<String> sets(Observed now) {
    return now.sets().stream().map(SavedSet::name).toList();
  }
}
