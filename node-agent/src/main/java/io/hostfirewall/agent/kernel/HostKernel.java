package io.hostfirewall.agent.kernel;

import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.FutureTask;
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

  /**
   * What iptables-nft-save says where the kernel has no nf_tables, so that nothing stands there.
   */
  private static final String UNKNOWN = "Protocol not supported";

  /** What iptables-legacy-save says without NET_RAW, which an agent on nft is not given. */
  private static final String FORBIDDEN = "Permission denied";

  private static final Pattern KUBE_PROXY = Pattern.compile("^:KUBE-SERVICES ", Pattern.MULTILINE);

  private static final Pattern OURS = Pattern.compile("^:HFW-", Pattern.MULTILINE);

  private final Commands commands;
  private final Map<Backend, XtablesCommands> xtables = new EnumMap<>(Backend.class);

  public HostKernel(Commands commands) {
    this.commands = commands;
    for (var backend : Backend.values()) {
      xtables.put(backend, new XtablesCommands(backend, commands));
    }
  }

  /**
   * What stands in the two back ends.
   *
   * @param detected the one that kubelet uses, or else that of rules of ours, or else nft
   * @param ours those that hold rules of ours
   * @param kubelet those in which kubelet left its mark
   * @param kubeProxy whether kube-proxy's rules stand in one
   */
  public record Survey(
      Backend detected, Set<Backend> ours, Set<Backend> kubelet, boolean kubeProxy) {

    /** The back end to write to. */
    public Backend choose(BackendChoice choice) {
      return switch (choice) {
        case AUTO -> detected;
        case NFT -> Backend.NFT;
        case LEGACY -> Backend.LEGACY;
      };
    }

    /** The back end that holds rules of ours and is not the one to write to. */
    public Optional<Backend> former(Backend chosen) {
      return Optional.of(chosen.other()).filter(ours::contains);
    }

    /** What is in the back end that we do not use, in a sentence; empty for nothing of interest. */
    public String other(Backend used) {
      var other = used.other();
      if (ours.contains(other)) {
        return "rules of ours stand in iptables-%s too, and are enforced. Restart the agent, which takes them away"
            .formatted(other.text());
      }
      if (kubelet.equals(Set.of(other))) {
        return "kubelet uses iptables-%s, and we iptables-%s: both are enforced. Restart the agent"
            .formatted(other.text(), used.text());
      }
      return kubelet.contains(other)
          ? "kubelet left its chains in iptables-%s too, and both are enforced. Boot the node, which clears what was used before; set agent.backend if kubelet uses iptables-%s"
              .formatted(other.text(), other.text())
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
   * @param former the other one if rules of ours stand in it
   */
  public record Look(Kernel kernel, Observed now, Optional<Kernel> former) {}

  /**
   * Chooses a back end and reads it, in one go.
   *
   * @throws KernelException if the chosen one cannot be read
   */
  public Look look(BackendChoice choice) throws KernelException {
    var sets = Kernel.started(new IpSetCommands(commands)::save);
    var nft = kernel(Backend.NFT);
    var asleep = Kernel.started(nft::asleep);
    var saved = save(choice == BackendChoice.LEGACY);
    var survey = survey(saved);
    var isNft = survey.choose(choice) == Backend.NFT;
    var kernel = isNft ? nft : kernel(Backend.LEGACY);
    return new Look(
        kernel,
        Kernel.observed(
            saved.get(kernel.backend()), sets, isNft ? asleep : Kernel.started(Map::of)),
        survey.former(kernel.backend()).map(this::kernel));
  }

  /** Looks at both back ends, without creating a table. */
  public Survey survey() throws KernelException {
    return survey(save(false));
  }

  /**
   * @param legacyIsUsed so that its programs have to be there, and say so if they are not
   */
  private Map<Backend, Map<Family, FutureTask<String>>> save(boolean legacyIsUsed) {
    var saved = new EnumMap<Backend, Map<Family, FutureTask<String>>>(Backend.class);
    xtables.forEach(
        (backend, programs) ->
            saved.put(
                backend,
                Kernel.save(
                    family ->
                        legacyIsUsed || mayHoldRules(backend, family)
                            ? programs.save(family, XtablesCommands.OF_INTEREST)
                            : "",
                    families())));
    return saved;
  }

  /** Most hosts have nothing of legacy, and to be told so by its programs takes two more. */
  private boolean mayHoldRules(Backend backend, Family family) {
    try {
      return backend == Backend.NFT
          || !commands.prefix().isEmpty() // the files tell of our own namespace
          || !LegacyTables.standing(family).isEmpty();
    } catch (IOException e) {
      return true;
    }
  }

  private Survey survey(Map<Backend, Map<Family, FutureTask<String>>> saved)
      throws KernelException {
    var texts = new EnumMap<Backend, String>(Backend.class);
    for (var programs : saved.entrySet()) {
      var text = new StringBuilder();
      for (var family : programs.getValue().entrySet()) {
        text.append(text(programs.getKey(), family.getKey(), family.getValue()));
      }
      texts.put(programs.getKey(), text.toString());
    }
    var ours = with(OURS, texts);
    var kubelet = with(KUBELET, texts);
    var telling = kubelet.isEmpty() ? ours : kubelet;
    var detected = telling.equals(Set.of(Backend.LEGACY)) ? Backend.LEGACY : Backend.NFT;
    return new Survey(detected, ours, kubelet, !with(KUBE_PROXY, texts).isEmpty());
  }

  private static Set<Backend> with(Pattern chain, Map<Backend, String> texts) {
    return texts.keySet().stream()
        .filter(backend -> chain.matcher(texts.get(backend)).find())
        .collect(Collectors.toSet());
  }

  /**
   * Nothing stands in a back end whose programs the host does not have, or that its kernel does not
   * know. Of a table that iptables does not show, nft tells the chains.
   */
  private String text(Backend backend, Family family, FutureTask<String> saved)
      throws KernelException {
    try {
      return Kernel.result(saved);
    } catch (MissingProgramException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}", e.getMessage());
      return "";
    } catch (HiddenTableException e) {
      return new NftTables(commands)
          .chains(family).stream().map(":%s -\n"::formatted).collect(Collectors.joining());
    } catch (KernelException e) {
      if (!String.valueOf(e.getMessage()).contains(backend == Backend.NFT ? UNKNOWN : FORBIDDEN)) {
        throw e;
      }
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
    } catch (MissingProgramException e) {
      return false;
    } catch (KernelException e) {
      return true; // It is there, and could not be run.
    }
  }

  /** The kernel behind one back end. */
  public Kernel kernel(Backend backend) {
    return new Kernel(
        new XtablesCommands(backend, commands), new IpSetCommands(commands), HostKernel::families);
  }

  /** IPv6 only where the kernel has it: a host without it is not at fault. */
  public static List<Family> families() {
    return Files.exists(Path.of("/proc/net/if_inet6"))
        ? List.of(Family.IPV4, Family.IPV6)
        : List.of(Family.IPV4);
  }
}
