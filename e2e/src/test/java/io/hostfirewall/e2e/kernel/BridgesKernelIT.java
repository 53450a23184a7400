package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.Policies.webServer;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.lab.Listener;
import io.hostfirewall.e2e.lab.NetNamespace;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A host without a cluster that bridges for others, such as virtual machines, judges what is sent
 * to it and not what passes.
 */
@OnEveryBackEndAndFamily
class BridgesKernelIT extends KernelTest {

  /** Present if the kernel shows bridged frames to iptables, which a test must not begin. */
  private static final Path BRIDGE_NETFILTER = Path.of("/proc/sys/net/bridge");

  private NetNamespace other;
  private Listener server;

  @BeforeEach
  void bridge() {
    if (Files.exists(BRIDGE_NETFILTER)) {
      host.sysctl("bridge.bridge-nf-call-iptables=1", "bridge.bridge-nf-call-ip6tables=1");
    }
    other = NetNamespace.create("other");
    other.sysctl("ipv6.conf.default.accept_dad=0");
    topology
        .host()
        .ip(
            "link add veth1 index 31 type veth peer name eth0 index 32 netns " + other.name(),
            "link set veth1 master cni0 up");
    other.ip(
        "addr add 10.42.0.3/24 dev eth0", "addr add fd42::3/64 dev eth0 nodad", "link set eth0 up");
    server = new Listener(other, 8080);
  }

  @AfterEach
  void remove() {
    server.close();
    other.close();
  }

  private boolean isReached(int fromPort) {
    var address = InetAddress.ofLiteral(setting.family().pick("10.42.0.3", "fd42::3"));
    return pod.connect(fromPort, address, 8080).map(Session::isAlive).orElse(false);
  }

  @Test
  void bridged_frames_are_left_alone() {
    host.apply(webServer());

    assertThat(isReached(31000)).isTrue();
  }

  @Test
  void a_rule_of_others_that_does_not_look_stops_them() {
    host.iptables("-A FORWARD -j DROP");

    assertThat(isReached(31000)).isEqualTo(!Files.exists(BRIDGE_NETFILTER));
  }
}
