package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.policyfile.PolicyFiles;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** Which policies a command works on. */
final class PolicyOptions {

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "PATH",
      required = true,
      description = "A YAML file of policies, a folder of them, or - for standard input.")
  private List<String> paths = List.of();

  @Option(
      names = "--uplink",
      paramLabel = "IF",
      split = ",",
      description =
          "Judge packets of these interfaces only; a name that ends in + stands for all that begin so.")
  private List<String> uplinks = List.of();

  List<String> uplinks() {
    return uplinks;
  }

  /** The paths as they were written. */
  String paths() {
    return String.join(" ", paths);
  }

  /** Reads the policies; every problem is a line of the failure. */
  List<RevisionPolicy> read() {
    return policies(readFiles());
  }

  /** Reads the policies together with their places in files. */
  PolicyFiles.Read readFiles() {
    var read = PolicyFiles.read(paths, System.in);
    policies(read);
    return read;
  }

  /** What was read; every problem is a line of the failure. */
  static List<RevisionPolicy> policies(PolicyFiles.Read read) {
    if (!read.problems().isEmpty()) {
      throw Failure.inFiles(
          read.problems().stream()
              .map(Object::toString)
              .collect(Collectors.joining(System.lineSeparator())));
    }
    return read.policies();
  }
}
