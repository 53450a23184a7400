package io.hostfirewall.e2e.kernel;

import io.hostfirewall.e2e.lab.NetNamespace;
import io.hostfirewall.e2e.lab.ProcNet;
import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The program {@code hostfirewall} as it is installed, run on a host. */
final class Program {

  private final NetNamespace namespace;
  private final BackEnd backEnd;
  private final Path folder;
  private List<String> wrapper = List.of();
  private String choice;

  /**
   * @param folder for its state, its policies and programs put before those of the system
   */
  Program(NetNamespace namespace, BackEnd backEnd, Path folder) {
    this.namespace = namespace;
    this.backEnd = backEnd;
    this.folder = folder;
    this.choice = backEnd.word();
  }

  /** From now on it finds out by itself which iptables the host uses. */
  void findBackEnd() {
    choice = "auto";
  }

  /** Runs {@code hostfirewall apply} with a policy. */
  Shell.Result apply(String policy, String... options) {
    return Shell.attempt(applying(policy, options), "");
  }

  /** Starts {@code hostfirewall apply} with a policy. */
  CompletableFuture<Shell.Result> startApply(String policy, String... options) {
    var builder = applying(policy, options);
    return CompletableFuture.supplyAsync(
        () -> Shell.attempt(builder, ""), task -> Thread.ofVirtual().start(task));
  }

  /** Starts the same, to be ended by the caller; what it prints is lost. */
  Process startApplying(String policy) {
    try {
      return applying(policy)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder applying(String policy, String... options) {
    return asking(policy, Stream.concat(Stream.of("--yes"), Arrays.stream(options)));
  }

  private ProcessBuilder asking(String policy, Stream<String> options) {
    var file = folder.resolve("policy-" + Integer.toHexString(policy.hashCode()) + ".yaml");
    write(file, policy);
    var words = new ArrayList<>(List.of("apply", "-f", file.toString()));
    words.addAll(List.of("--backend", choice, "--state-dir", state()));
    options.forEach(words::add);
    return builder(words);
  }

  /** Runs {@code hostfirewall apply} as somebody at a terminal does who types this and no more. */
  Shell.Result applyAtTerminal(String policy, String typed, String... options) throws Exception {
    var builder = asking(policy, Arrays.stream(options));
    var command = String.join(" ", builder.command());
    var terminal =
        builder.command(
            "script", "--quiet", "--flush", "--return", "--command", command, "/dev/null");
    var process = terminal.redirectErrorStream(true).start();
    try (var keyboard = process.outputWriter()) {
      keyboard.write(typed);
      keyboard.flush();
      var seen = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Shell.Result(process.waitFor(), seen, "");
    }
  }

  /** Runs any other command of it. */
  Shell.Result run(String... words) {
    return Shell.attempt(builder(List.of(words)), "");
  }

  /** Starts any other command of it, to be ended by the caller. */
  Process start(String... words) {
    try {
      return builder(List.of(words)).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts the agent of a node whose API server never answers, to be ended by the caller. */
  Process startAgent(String... options) {
    var configuration = folder.resolve("kubeconfig");
    write(
        configuration,
        """
        apiVersion: v1
        kind: Config
        clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
        users: [{name: u, user: {token: t}}]
        contexts: [{name: x, context: {cluster: c, user: u}}]
        current-context: x
        """);
    var words = new ArrayList<>(List.of("run", "--node-name=node-1", "--backend", choice));
    words.addAll(List.of("--state-dir", state()));
    words.addAll(List.of(options));
    var builder =
        builder(words)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("agent.log").toFile());
    builder.environment().put("KUBECONFIG", configuration.toString());
    try {
      return builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs another program on the same host, with the same programs before those of the system. */
  Shell.Result runBeside(List<String> command) {
    var words = new ArrayList<>(namespace.prefix());
    words.addAll(command);
    var builder = new ProcessBuilder(words);
    builder.environment().merge("PATH", folder + ":", (path, before) -> before + path);
    return Shell.attempt(builder, "");
  }

  String state() {
    return folder.resolve("state").toString();
  }

  private ProcessBuilder builder(List<String> words) {
    var command = new ArrayList<>(namespace.prefix());
    command.addAll(wrapper);
    command.add(System.getProperty("hostfirewall.bin"));
    command.addAll(words);
    var builder = new ProcessBuilder(command);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().merge("PATH", folder + ":", (path, before) -> before + path);
    return builder;
  }

  /**
   * From now on the program that carries out sets does something when a trial is to be confirmed,
   * which the agent asks for by taking away the lease first.
   */
  void whenConfirming(String commands) {
    var script =
        """
        #!/bin/sh
        input=$(cat)
        case "$input" in "del hfw4-lease"*) %s >/dev/null 2>&1 ;; esac
        printf '%%s\\n' "$input" | %s "$@"
        """
            .formatted(commands, ipset());
    program("ipset", script);
  }

  /**
   * From now on it is killed, as by kill -9, just before one of its writes to the kernel.
   *
   * @param write which, counted from 1; 0 for none
   */
  void dieBefore(int write) {
    var writes = folder.resolve("writes");
    write(writes, "");
    for (var name : List.of("ipset", restore("iptables"), restore("ip6tables"))) {
      program(
          name,
          """
          #!/bin/sh
          case "$0 $*" in
            *-restore\\ * | *ipset\\ restore*)
              number=$(flock %1$s sh -c 'printf x >>%1$s; wc -c <%1$s')
              if [ "$number" -eq %2$d ]; then kill -9 $PPID; exit 1; fi ;;
          esac
          exec %3$s "$@"
          """
              .formatted(writes, write, real(name)));
    }
  }

  /** From now on iptables takes no text any more, and says so. */
  void breakIptables(String complaint) {
    for (var name : List.of(restore("iptables"), restore("ip6tables"))) {
      program(name, "#!/bin/sh\necho '%s: %s' >&2\nexit 1\n".formatted(name, complaint));
    }
  }

  /** From now on iptables finds no such extension of its own. */
  void withoutExtension(String name) {
    var known = Path.of(Shell.run(List.of("sh", "-c", "echo /usr/lib/*/xtables"), "").strip());
    var left = folder.resolve("xtables");
    Shell.run(List.of("cp", "-r", known.toString(), left.toString()), "");
    Shell.run(List.of("rm", left.resolve("libxt_" + name + ".so").toString()), "");
    for (var program : List.of(restore("iptables"), restore("ip6tables"))) {
      program(
          program,
          "#!/bin/sh\nexport XTABLES_LIBDIR=%s\nexec %s \"$@\"\n".formatted(left, real(program)));
    }
  }

  void mendIptables() {
    for (var name : List.of(restore("iptables"), restore("ip6tables"))) {
      delete(name);
    }
  }

  private String restore(String iptables) {
    return iptables + "-" + backEnd.word() + "-restore";
  }

  private void program(String name, String script) {
    var file = folder.resolve(name);
    write(file, script);
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * From now on it runs as in a locked-down container: nothing can be written but its state and the
   * lock of iptables, and it has these capabilities of root's and no more.
   */
  void confine(String... capabilities) {
    var script = folder.resolve("confine");
    write(
        script,
        """
        set -eu
        mkdir -p %1$s
        touch /run/xtables.lock
        for own in %1$s /run/xtables.lock; do mount --bind $own $own; done
        cut -d' ' -f5 /proc/self/mountinfo | sort -u | while read -r at; do
          case $at in %1$s | /run/xtables.lock | /proc?* | /sys* | /dev*) ;; *) mount -o remount,bind,ro "$at" ;; esac
        done
        for at in /etc %2$s; do
          if touch $at/written 2>/dev/null; then echo "$at can be written" >&2; exit 97; fi
        done
        if [ -w /proc/sys/net/ipv4/ip_forward ]; then echo "/proc can be written" >&2; exit 97; fi
        exec setpriv --no-new-privs --inh-caps=-all --bounding-set="-all%3$s" "$@"
        """
            .formatted(state(), folder, caps(capabilities)));
    wrapper = List.of("unshare", "--mount", "sh", script.toString());
  }

  /** From now on it runs as on a host whose kernel has no IPv6; what it starts does not. */
  void withoutIpv6() throws IOException {
    var net = ProcNet.withoutIpv6(folder.resolve("net"));
    var script = "set -e; mount --bind %s /proc/$$/net; exec \"$@\"".formatted(net);
    wrapper = List.of("unshare", "--mount", "sh", "-c", script, "sh");
  }

  /** From now on it runs as anything else does. */
  void freely() {
    wrapper = List.of();
  }

  private static String caps(String... capabilities) {
    return Arrays.stream(capabilities).map(name -> ",+" + name).collect(Collectors.joining());
  }

  /** The system's program that carries out sets. */
  String ipset() {
    return real("ipset");
  }

  private static String real(String name) {
    return Shell.run(List.of("sh", "-c", "command -v " + name), "").strip();
  }

  /** From now on that program is the system's again. */
  void asUsual() {
    delete("ipset");
  }

  private void delete(String program) {
    try {
      Files.delete(folder.resolve(program));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
