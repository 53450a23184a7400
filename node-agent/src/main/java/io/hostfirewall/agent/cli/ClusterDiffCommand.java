package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.policyfile.PolicyFiles;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.diff.Side;
import io.hostfirewall.ruleset.merge.NodeSelector;
import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Says what policies in files would change on a node of the cluster. */
@Command(
    name = "diff",
    description = {
      "Says what policies in files would change on a node, rule by rule and in words, if they were"
          + " applied: policies and address sets of the same name are replaced, all others stay.",
      "Ends with 0 if nothing would change, with 1 if something would."
    },
    mixinStandardHelpOptions = true)
final class ClusterDiffCommand implements Callable<Integer> {

  @Option(
      names = "--node",
      paramLabel = "NAME",
      required = true,
      description = "The node on which it would change.")
  private String node = "";

  @Option(
      names = {"-f", "--filename"},
      paramLabel = "PATH",
      required = true,
      description = "A YAML file of policies, a folder of them, or - for standard input.")
  private List<String> paths = List.of();

  @Mixin private OutputOptions output = new OutputOptions();
  @Mixin private ClusterOptions cluster = new ClusterOptions();

  @Override
  public Integer call() {
    var files = PolicyFiles.open(paths, System.in);
    Failure.unlessEmpty(files.problems());
    var view = cluster.view();
    var sets = ClusterOptions.answer(view::addressSets);
    var told = ClusterOptions.answer(() -> ToldNode.read(node, view, sets));
    files.addBeside(sets.objects());
    var known = PolicyOptions.policies(files.inCluster(told.addressSets().keySet()));
    var labels = ClusterOptions.answer(() -> view.labels(node));
    var report = report(told, files, known, labels, String.join(" ", paths));
    output.print(report, DiffReport::text);
    return report.differs() ? ExitCode.DIFFERS : ExitCode.DONE;
  }

  /**
   * Compares what a node is told with what it would be told. Address sets of the files are compared
   * by what they hold.
   *
   * @param written the policies of the files
   * @param labels the node's
   */
  static DiffReport report(
      ToldNode told,
      PolicyFiles files,
      List<RevisionPolicy> written,
      Map<String, String> labels,
      String paths) {
    var names = written.stream().map(RevisionPolicy::name).collect(Collectors.toSet());
    var selecting =
        written.stream()
            .filter(policy -> NodeSelector.picks(policy.spec().nodeSelector(), labels))
            .toList();
    var before =
        told.policies().stream().map(policy -> files.asBefore(policy, told.addressSets())).toList();
    var kept =
        told.policies().stream()
            .filter(policy -> !names.contains(policy.name()))
            .map(files::inPlace);
    return DiffReport.of(
        told.revision().isEmpty() ? told.name() : told.name() + ", " + told.revision(),
        sides(told, before),
        paths,
        sides(told, Stream.concat(kept, selecting.stream()).toList()),
        Stream.concat(told.policies().stream(), written.stream()).toList(),
        remarks(told, names, selecting));
  }

  private static List<Side> sides(ToldNode told, List<RevisionPolicy> policies) {
    return Stream.of(Family.values())
        .map(family -> new Side(told.rules(policies, family), told.liveSets(family)))
        .toList();
  }

  private static List<String> remarks(
      ToldNode told, Set<String> names, List<RevisionPolicy> selecting) {
    var remarks = new ArrayList<>(told.remarks());
    names.stream()
        .filter(name -> selecting.stream().noneMatch(policy -> policy.name().equals(name)))
        .sorted()
        .forEach(name -> remarks.add("policy %s does not select %s".formatted(name, told.name())));
    return remarks;
  }
}
