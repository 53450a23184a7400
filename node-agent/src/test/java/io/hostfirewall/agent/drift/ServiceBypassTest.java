package io.hostfirewall.agent.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.kernel.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServiceBypassTest {

  private static final Commands WITHOUT_NFT = new Commands(List.of("false"));
  private static final Commands WITH_TABLE = new Commands(List.of("echo", "table ip kube-proxy"));

  @TempDir Path links;

  private String found(Commands commands, boolean kubeProxy, String... names) throws IOException {
    for (var name : names) {
      Files.createDirectory(links.resolve(name));
    }
    return new ServiceBypass(links, commands).found(kubeProxy);
  }

  @ParameterizedTest
  @CsvSource({"cilium_host, Cilium", "bpfin.cali, Calico's eBPF data plane"})
  void a_plug_in_of_ebpf_without_kube_proxy_is_named(String link, String name) throws IOException {
    assertThat(found(WITHOUT_NFT, false, "eth0", link))
        .contains(name + " answers for them in kube-proxy's place");
  }

  @Test
  void beside_kube_proxy_in_any_mode_services_pass_our_rules() throws IOException {
    assertThat(found(WITHOUT_NFT, true, "cilium_host")).isEmpty();
    assertThat(new ServiceBypass(links, WITH_TABLE).found(false)).isEmpty();
    assertThat(found(WITHOUT_NFT, false, "kube-ipvs0")).isEmpty();
  }

  @Test
  void a_node_without_such_a_plug_in_has_nothing_around_our_rules() throws IOException {
    assertThat(found(WITHOUT_NFT, false, "eth0", "cni0")).isEmpty();
  }
}
