package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Finds out which kernel there is to write to. */
public final class HostKernel {

  /**
   * What kubelet leaves in the back end that it uses, so that others use the same (KEP-3178;
   * iptables-wrappers looks for both).
   */
  private static final Pattern KUBELET =
      Pattern.compile("^:KUBE-(IPTABLES-HINT|KUBELET-CANARY) ", Pattern.MULTILINE);

  private static final System.Logger LOG = System.getLogger(HostKernel.class.getName());

  private static final Pattern KUBE_PROXY = Pattern.compile("^:KUBE-SERVICES ", Pattern.MULTILINE);

  private static final Pattern OURS = Pattern.compile("^:HFW-", Pattern.MULTILINE);

  private final Commands commands;

  public HostKernel(Commands commands) {
    this.commands = commands;
  }

  /**
   * What stands in the two back ends.
   *
   * @param detected the one that kubelet uses, or else nft
   * @param ours those that hold rules of ours
   * @param kubelet those in which kubelet left its mark
   * @param kubeProxy whether kube-proxy's rules stand in one
   */
  public record Survey(
      Backend detected, Set<Backend> ours, Set<Backend> kubelet, boolean kubeProxy) {

    /**
     * The back end to write to.
     *
     * @throws KernelException if rules of ours stand in the other one: both would be enforced
     */
    public Backend choose(BackendChoice choice) throws KernelException {
      var chosen =
          switch (choice) {
            case AUTO -> detected;
            case NFT -> Backend.NFT;
            case LEGACY -> Backend.LEGACY;
          };
      if (ours.contains(chosen.other())) {
        throw new KernelException(
            "rules of ours stand in iptables-%s already, and iptables-%s is to be used. Run hostfirewall cleanup first"
                .formatted(chosen.other().text(), chosen.text()));
      }
      return chosen;
    }

    /** What is in the back end that we do not use, in a sentence; empty for nothing of interest. */
    public String other(Backend used) {
      var other = used.other();
      if (ours.contains(other)) {
        return "rules of ours stand in iptables-%s too, and are enforced. Run hostfirewall cleanup"
            .formatted(other.text());
      }
      return kubelet.equals(Set.of(other))
          ? "kubelet uses iptables-%s, and we iptables-%s: both are enforced. Restart the agent"
              .formatted(other.text(), used.text())
          : "";
    }

    /** The back end that holds rules of ours, or would. */
    public Backend inUse() {
      return ours.contains(detected) || ours.isEmpty() ? detected : detected.other();
    }
  }

  /**
   * A kernel to write to.
   *
   * @param now what stood in it a moment ago
   */
  public record Look(Kernel kernel, Observed now) {}

  /**
   * Chooses a back end and reads it, in one go.
   *
   * @throws KernelException if rules of ours stand in the other one, or the chosen cannot be read
   */
  public Look look(BackendChoice choice) throws KernelException {
    var sets = Kernel.started(new IpSetCommands(commands)::save);
    var saved = save();
    var kernel = kernel(survey(saved).choose(choice));
    return new Look(kernel, Kernel.observed(saved.get(kernel.backend()), sets));
  }

  /** Looks at both back ends, without creating a table. */
  public Survey survey() throws KernelException {
    return survey(save());
  }

  private Map<Backend, Map<Family, FutureTask<String>>> save() {
    var saved = new EnumMap<Backend, Map<Family, FutureTask<String>>>(Backend.class);
    for (var backend : Backend.values()) {
      var xtables = new XtablesCommands(backend, commands);
      saved.put(backend, Kernel.save(xtables, families()));
    }
    return saved;
  }

  private static Survey survey(Map<Backend, Map<Family, FutureTask<String>>> saved) {
    var texts = new EnumMap<Backend, String>(Backend.class);
    saved.forEach(
        (backend, families) ->
            texts.put(
                backend,
                families.values().stream()
                    .map(HostKernel::textOrNothing)
                    .collect(Collectors.joining())));
    Predicate<Backend> kubelet = backend -> KUBELET.matcher(texts.get(backend)).find();
    var detected =
        !kubelet.test(Backend.NFT) && kubelet.test(Backend.LEGACY) ? Backend.LEGACY : Backend.NFT;
    var ours = EnumSet.noneOf(Backend.class);
    Arrays.stream(Backend.values())
        .filter(backend -> OURS.matcher(texts.get(backend)).find())
        .forEach(ours::add);
    var marked = EnumSet.noneOf(Backend.class);
    Arrays.stream(Backend.values()).filter(kubelet).forEach(marked::add);
    var kubeProxy = texts.values().stream().anyMatch(text -> KUBE_PROXY.matcher(text).find());
    return new Survey(detected, ours, marked, kubeProxy);
  }

  /** Nothing stands in a back end whose programs the host does not have. */
  private static String textOrNothing(FutureTask<String> saved) {
    try {
      return Kernel.result(saved);
    } catch (KernelException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}", e.getMessage());
      return "";
    }
  }

  /**
   * The back ends whose programs the host has; all if it has none, so that using one says what is
   * missing.
   */
  public List<Backend> installed() {
    var installed = Arrays.stream(Backend.values()).filter(this::isInstalled).toList();
    return installed.isEmpty() ? List.of(Backend.values()) : installed;
  }

  private boolean isInstalled(Backend backend) {
    try {
      commands.attempt(List.of(backend.program(Family.IPV4, "save"), "--version"), "");
      return true;
    } catch (KernelException e) {
      return false;
    }
  }

  /** The kernel behind one back end. */
  public Kernel kernel(Backend backend) {
    return new Kernel(
        new XtablesCommands(backend, commands), new IpSetCommands(commands), families());
  }

  /** IPv6 only where the kernel has it: a host without it is not at fault. */
  public static List<Family> families() {
    return Files.exists(Path.of("/proc/net/if_inet6"))
        ? List.of(Family.IPV4, Family.IPV6)
        : List.of(Family.IPV4);
  }
}
