package io.hostfirewall.agent.policyfile;

import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.check.AddressSetCheck;
import io.hostfirewall.ruleset.check.NamedSets;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.check.Problem;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.merge.PeerSets;
import io.hostfirewall.ruleset.model.Cidr;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.Node;

/** Reads policies from YAML files, for those who have no API server that would check them. */
public final class PolicyFiles {

  private final InputStream standardInput;
  private final List<PolicyOfFile> policies = new ArrayList<>();
  private final AddressSetsOfFiles addressSets = new AddressSetsOfFiles();
  private final List<FileProblem> problems = new ArrayList<>();
  private final Map<String, String> seen = new HashMap<>();

  private PolicyFiles(InputStream standardInput) {
    this.standardInput = standardInput;
  }

  private record PolicyOfFile(RevisionPolicy policy, Document document) {}

  /** Where fields of policies stand. */
  @FunctionalInterface
  public interface Places {
    /** What is to be said of a field of a policy, with its place. */
    FileProblem problem(String policy, String field, String message);
  }

  /** What was read. If there are problems, the policies are not all. */
  public record Read(List<RevisionPolicy> policies, List<FileProblem> problems, Places places) {}

  /**
   * Reads every policy of files and folders, and the address sets that they name, for a host in no
   * cluster.
   *
   * @param paths YAML files, folders of them, or {@code -} for standard input
   */
  public static Read read(List<String> paths, InputStream standardInput) {
    return open(paths, standardInput).standAlone();
  }

  /** The same for whoever decides later where the policies are. */
  public static PolicyFiles open(List<String> paths, InputStream standardInput) {
    var files = openIfAny(paths, standardInput);
    if (files.policies.isEmpty() && files.problems.isEmpty()) {
      files.problems.add(
          new FileProblem(String.join(" ", paths), 0, "", "no HostFirewallPolicy is in it."));
    }
    return files;
  }

  /** The same for whom files without a policy are as good. */
  public static PolicyFiles openIfAny(List<String> paths, InputStream standardInput) {
    var files = new PolicyFiles(standardInput);
    paths.forEach(files::path);
    return files;
  }

  /** What is wrong with the files wherever the policies are. */
  public List<FileProblem> problems() {
    return List.copyOf(problems);
  }

  /** Whether a policy names nodes, or address sets that the operator keeps. */
  public boolean isAboutCluster() {
    return policies.stream()
        .flatMap(read -> NamedSets.of(read.policy().spec()).stream())
        .anyMatch(
            name -> SetNames.OF_THE_CLUSTER.contains(name) || name.startsWith(PeerSets.OF_NODES));
  }

  /** As they are on a host in no cluster. */
  public Read standAlone() {
    return read(
        spec ->
            Stream.concat(
                NamedSets.unknown(spec, addressSets.names()).stream(),
                NamedSets.withoutCluster(spec).stream()));
  }

  /**
   * As they are on a node of a cluster, which knows its nodes and its own address sets.
   *
   * @param others names of address sets that do not stand in the files
   */
  public Read inCluster(Set<String> others) {
    var known = new HashSet<>(addressSets.names());
    known.addAll(others);
    known.addAll(SetNames.OF_THE_CLUSTER);
    return read(spec -> NamedSets.unknown(spec, known).stream());
  }

  /**
   * Completes the sets that the files change by what stays beside them in a cluster.
   *
   * @param cluster its objects by their names; of those of the same name the files' count
   */
  public void addBeside(Map<String, HostFirewallAddressSetSpec> cluster) {
    addressSets.addBeside(cluster);
  }

  /** Whether an address set stands in the files. */
  public boolean hasAddressSet(String name) {
    return addressSets.names().contains(name);
  }

  private Read read(Function<HostFirewallPolicySpec, Stream<Problem>> check) {
    var found = new ArrayList<>(problems);
    if (found.isEmpty()) {
      policies.forEach(read -> found.addAll(problems(read, check)));
    }
    return new Read(
        policies.stream()
            .map(PolicyOfFile::policy)
            .map(policy -> found.isEmpty() ? inPlace(policy) : policy)
            .toList(),
        List.copyOf(found),
        this::problem);
  }

  private static List<FileProblem> problems(
      PolicyOfFile read, Function<HostFirewallPolicySpec, Stream<Problem>> check) {
    var document = new Document(read.document());
    check
        .apply(read.policy().spec())
        .forEach(problem -> document.problem(problem.field(), problem.message()));
    return document.problems();
  }

  private FileProblem problem(String policy, String field, String message) {
    return policies.stream()
        .filter(read -> read.policy().name().equals(policy))
        .findFirst()
        .map(read -> read.document().at(field, message))
        .orElseThrow();
  }

  /** The policy with networks in place of the names of address sets that stand in the files. */
  public RevisionPolicy inPlace(RevisionPolicy policy) {
    return inPlace(policy, addressSets);
  }

  /** The same with the networks that those sets held until now. */
  public RevisionPolicy asBefore(RevisionPolicy policy, Map<String, List<Cidr>> content) {
    return inPlace(policy, addressSets.asBefore(content));
  }

  private static RevisionPolicy inPlace(RevisionPolicy policy, AddressSetsOfFiles sets) {
    return new RevisionPolicy(
        policy.name(), policy.uid(), policy.generation(), sets.inPlace(policy.spec()));
  }

  private void path(String path) {
    if (path.equals("-")) {
      read(path, () -> text(path, standardInput));
    } else if (!path.isEmpty() && Files.isDirectory(Path.of(path))) {
      read(path, () -> filesOf(Path.of(path)).forEach(this::file));
    } else {
      file(path);
    }
  }

  /** Those of a folder that are YAML by their names. */
  static List<String> filesOf(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .map(Path::toString)
          .filter(file -> file.matches(".*\\.(yaml|yml|json)"))
          .sorted()
          .toList();
    }
  }

  private void file(String path) {
    read(
        path,
        () -> {
          try (var content = Files.newInputStream(Path.of(path))) {
            text(path, content);
          }
        });
  }

  /** Something that may fail to be read. */
  @FunctionalInterface
  private interface Reading {
    void read() throws IOException;
  }

  private void read(String path, Reading reading) {
    try {
      reading.read();
    } catch (IOException e) {
      problems.add(new FileProblem(path, 0, "", Unreadable.why(Path.of(path), e)));
    }
  }

  private void text(String file, InputStream content) throws IOException {
    var text = YamlText.read(file, content);
    for (var node : text.documents()) {
      var document = new Document(file);
      object(node, document);
      problems.addAll(document.problems());
    }
    text.problem().ifPresent(problems::add);
  }

  private void object(Node node, Document document) {
    var object = new ObjectReader(document).read(node);
    if (object.isEmpty()) {
      return;
    }
    var kind = object.get().kind();
    var name = object.get().name();
    var earlier = name.isEmpty() ? null : seen.putIfAbsent(kind + " " + name, document.file());
    if (earlier != null) {
      document.problem(
          "metadata.name",
          "\"%s\" is the name of another %s in %s.".formatted(name, kind.inWords(), earlier));
    }
    if (document.problems().isEmpty()) {
      switch (object.get().spec()) {
        case HostFirewallPolicySpec policy -> policy(name, policy, document);
        case HostFirewallAddressSetSpec set -> addressSet(name, set, document);
        case null, default -> throw new IllegalStateException("a spec without a problem is read");
      }
    }
  }

  private void policy(String name, HostFirewallPolicySpec spec, Document document) {
    complain(document, PolicyCheck.check(spec));
    policies.add(new PolicyOfFile(new RevisionPolicy(name, "", 1L, spec), document));
  }

  private void addressSet(String name, HostFirewallAddressSetSpec spec, Document document) {
    complain(document, AddressSetCheck.check(spec));
    if (document.problems().isEmpty()) {
      addressSets.add(name, spec);
    }
  }

  private static void complain(Document document, List<Problem> problems) {
    problems.forEach(problem -> document.problem(problem.field(), sentence(problem.message())));
  }

  private static String sentence(String message) {
    return message.matches(".*[.?!]") ? message : message + ".";
  }
}
