package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.KernelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Finds out whether eBPF programs answer for services in kube-proxy's place: a NodePort is then
 * taken before the kernel's filter sees it. A network plug-in that can do so is known by an
 * interface of its own; that it does, by the rules of kube-proxy, which are missing then.
 *
 * @param interfaces the kernel's folder of them
 */
record ServiceBypass(Path interfaces, Commands commands) {

  /** Interfaces that stand for a plug-in (Cilium's datapath, Felix' bpf_ep_mgr.go). */
  private static final Map<String, String> PLUG_INS =
      Map.of("cilium_host", "Cilium", "bpfin.cali", "Calico's eBPF data plane");

  /** That of kube-proxy in mode ipvs. */
  private static final String IPVS = "kube-ipvs0";

  ServiceBypass(Commands commands) {
    this(Path.of("/sys/class/net"), commands);
  }

  /**
   * One sentence; empty if service traffic passes our rules.
   *
   * @param kubeProxy whether rules of kube-proxy stand in iptables
   */
  String found(boolean kubeProxy) {
    return PLUG_INS.entrySet().stream()
        .filter(plugIn -> !kubeProxy && has(plugIn.getKey()) && !has(IPVS) && !inNftables())
        .map(Map.Entry::getValue)
        .findFirst()
        .map(ServiceBypass::sentence)
        .orElse("");
  }

  /** Whether a plug-in that can do so is there. */
  boolean isPossible() {
    return PLUG_INS.keySet().stream().anyMatch(this::has);
  }

  private static String sentence(String plugIn) {
    return "NodePorts and addresses of services are not judged on this node: %s answers for them in kube-proxy's place, before our rules"
        .formatted(plugIn);
  }

  private boolean has(String link) {
    return Files.exists(interfaces.resolve(link));
  }

  /** kube-proxy in mode nftables has a table of that name in each family. */
  private boolean inNftables() {
    try {
      return commands.output(List.of("nft", "list", "tables")).contains(" kube-proxy");
    } catch (KernelException e) {
      return false;
    }
  }
}
