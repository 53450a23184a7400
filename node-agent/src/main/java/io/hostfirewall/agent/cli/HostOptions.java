package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.kernel.BackendChoice;
import io.hostfirewall.agent.kernel.BootClock;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.HostKernel;
import io.hostfirewall.agent.node.SshPorts;
import io.hostfirewall.agent.state.StateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which host a command works on: this one, as root. */
final class HostOptions {

  @Option(
      names = "--backend",
      paramLabel = "auto|nft|legacy",
      defaultValue = "auto",
      description =
          "Which iptables to use; without it the one that kubelet uses, else that of rules of ours, else nft.")
  private BackendChoice backend = BackendChoice.AUTO;

  @Option(
      names = "--state-dir",
      paramLabel = "FOLDER",
      defaultValue = StateFolder.DEFAULT,
      description =
          "Where programs of ours on this host find each other (default: ${DEFAULT-VALUE}).")
  private Path stateFolder = Path.of(StateFolder.DEFAULT);

  BackendChoice backend() {
    return backend;
  }

  Path stateFolder() {
    return stateFolder;
  }

  StateFolder state() {
    return new StateFolder(stateFolder);
  }

  /** Where this host listens for SSH, for an agent. */
  SshPorts sshPorts() {
    return new SshPorts(new BootClock(), state().sshPorts());
  }

  /** The same for a command that looks once. */
  SshPorts sshPortsNow() {
    return SshPorts.once(new BootClock(), state().sshPorts());
  }

  /** The same for a command that changes nothing. */
  SshPorts sshPortsUnchanged() {
    return SshPorts.once(new BootClock(), state().sshPorts().unchanged());
  }

  HostKernel host() {
    return new HostKernel(Commands.here());
  }

  /** Ends the command unless it runs as root. */
  void requireRoot(String command) {
    if (!isRoot()) {
      throw Failure.invalid(command + " needs root, and Linux. Run it with sudo.");
    }
  }

  boolean isRoot() {
    try {
      return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
