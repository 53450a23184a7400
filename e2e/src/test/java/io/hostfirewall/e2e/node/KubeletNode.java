package io.hostfirewall.e2e.node;

import static java.util.stream.Collectors.joining;
import static org.awaitility.Awaitility.await;

import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A node of the lab: containerd, kubelet and kube-proxy as one process tree with a plug. */
public final class KubeletNode {

  /** How kube-proxy of a node works. */
  enum Proxy {
    IPTABLES,
    NFTABLES
  }

  private final Lab lab;
  private final int number;
  private final Proxy proxy;

  KubeletNode(Lab lab, int number, Proxy proxy) {
    this.lab = lab;
    this.number = number;
    this.proxy = proxy;
  }

  String name() {
    return "node-" + number;
  }

  public String address() {
    return "10.99.0." + number;
  }

  String addressV6() {
    return "fd99::" + number;
  }

  List<String> addresses() {
    return List.of(address(), addressV6());
  }

  Proxy proxy() {
    return proxy;
  }

  /** Boots it with what is on its disk, and waits until its kubelet says that it is ready. */
  void boot(List<Path> images) {
    var arguments = new ArrayList<>(List.of(lab.tools().toString(), lab.folder().toString()));
    arguments.addAll(
        List.of(Integer.toString(number), "--proxy", proxy.name().toLowerCase(Locale.ROOT)));
    images.forEach(image -> arguments.add(image.toString()));
    lab.script("node", arguments);
  }

  /** Everything that runs on it dies at once, its network and its rules too; its disk stays. */
  void pullPlug() {
    var plug = ProcessHandle.of(number("plug"));
    plug.ifPresent(ProcessHandle::destroyForcibly);
    await(name() + " is dark")
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                !Files.exists(Path.of("/proc/" + number("pid")))
                    // A kernel takes the rules of a dead network away before its addresses.
                    && !Files.exists(Path.of("/sys/class/net/v" + name())));
  }

  /** Runs a program on the node, which must end well. */
  String run(String... command) {
    return attempt(command).orThrow(List.of(command));
  }

  /** Runs a program on the node to its end, well or badly. */
  public Shell.Result attempt(String... command) {
    return Shell.attempt(onNode(command), "");
  }

  /** Gives the node something to read and runs a program there, which must end well. */
  String runWith(String input, String... command) {
    return Shell.run(onNode(command), input);
  }

  /** A command that runs in the node's namespaces. */
  List<String> onNode(String... command) {
    var words = new ArrayList<>(List.of("nsenter", "--target", Long.toString(number("pid"))));
    words.addAll(List.of("--net", "--mount", "--pid", "--uts"));
    words.addAll(List.of(command));
    return words;
  }

  /** A file of its disk, given as the node knows it. */
  Path file(String path) {
    if (!path.startsWith("/var/")) {
      throw new IllegalArgumentException("not on the disk: " + path);
    }
    return folder().resolve(path.substring(1));
  }

  /** All rules in both families and of both back ends, and the names of all sets. */
  String rules() {
    var text = new StringBuilder();
    for (var save : List.of("iptables", "ip6tables")) {
      for (var backend : List.of("nft", "legacy")) {
        text.append("# %s-%s\n".formatted(save, backend));
        text.append(run(save + "-" + backend + "-save"));
      }
    }
    text.append(run("ipset", "list", "-name"));
    return text.toString()
        .replaceAll("(?m)^# (Generated|Completed|Table).*\\n", "")
        .replaceAll("\\[\\d+:\\d+]", "[0:0]");
  }

  /** What {@link #rules} shows of ours. Others change theirs when they please. */
  String ownRules() {
    return rules().lines().filter(line -> line.matches(".*(HFW-|hfw).*")).collect(joining("\n"));
  }

  /**
   * What {@link #rules} shows, without what others change when they please: the chains of
   * kube-proxy, kubelet and the network plug-in, and the built-in chains of a table, which stay
   * once the table was used.
   */
  String foreignRules() {
    return rules()
        .lines()
        .filter(
            line -> !line.matches(".*\\b(KUBE|CNI)-.*|:[A-Z]+ ACCEPT .*|\\*.*|COMMIT|# Warning.*"))
        .collect(joining("\n"));
  }

  /** The processes of the agent on this node, as numbers of the lab. */
  public List<ProcessHandle> agents() {
    var agents = new ArrayList<ProcessHandle>();
    ProcessHandle.of(number("pid"))
        .orElseThrow()
        .descendants()
        .filter(this::isAgent)
        .forEach(agents::add);
    return agents;
  }

  private boolean isAgent(ProcessHandle process) {
    try {
      var line = Files.readString(Path.of("/proc/%d/cmdline".formatted(process.pid())));
      return line.startsWith("java\0") && line.contains("@agent");
    } catch (IOException e) {
      return false; // it ended
    }
  }

  private Path folder() {
    return lab.folder().resolve(name());
  }

  private long number(String file) {
    try {
      return Long.parseLong(Files.readString(folder().resolve(file)).strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
