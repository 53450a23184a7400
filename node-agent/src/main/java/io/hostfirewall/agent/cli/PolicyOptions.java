package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.policyfile.PolicyFiles;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.merge.NodeSelector;
import java.util.List;
import java.util.Map;
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
      converter = InterfaceConverter.class,
      description =
          "Judge packets of these interfaces only; a name that ends in + stands for all that begin so.")
  private List<String> uplinks = List.of();

  @Option(
      names = "--labels",
      paramLabel = "KEY=VALUE",
      split = ",",
      mapFallbackValue = "",
      converter = {LabelConverters.Name.class, LabelConverters.Value.class},
      description =
          "Labels of the node: only policies that select it take part. Without them all do.")
  private Map<String, String> labels = Map.of();

  List<String> uplinks() {
    return uplinks;
  }

  /** The paths as they were written. */
  String paths() {
    return String.join(" ", paths);
  }

  /** Reads the policies that take part; every problem is a line of the failure. */
  List<RevisionPolicy> read() {
    return selected(policies(PolicyFiles.read(paths, System.in)));
  }

  boolean readsStandardInput() {
    return paths.contains("-");
  }

  /** Reads the files, for whoever decides later where the policies are. */
  PolicyFiles open() {
    return PolicyFiles.open(paths, System.in);
  }

  /** Whether a node was told, which all policies that are selected meet on. */
  boolean isOfOneNode() {
    return !labels.isEmpty();
  }

  /** Those that select a node with the labels that were given. */
  List<RevisionPolicy> selected(List<RevisionPolicy> policies) {
    var picked = picked(policies);
    if (picked.isEmpty()) {
      throw selectingNobody();
    }
    return picked;
  }

  /** The same for whom it may be none. */
  List<RevisionPolicy> picked(List<RevisionPolicy> policies) {
    return labels.isEmpty()
        ? policies
        : policies.stream()
            .filter(policy -> NodeSelector.picks(policy.spec().nodeSelector(), labels))
            .toList();
  }

  static Failure selectingNobody() {
    return Failure.invalid(
        "--labels: no policy selects a node with these labels. Correct them, or leave them out.");
  }

  /** What was read; every problem is a line of the failure. */
  static List<RevisionPolicy> policies(PolicyFiles.Read read) {
    Failure.unlessEmpty(read.problems());
    return read.policies();
  }
}
