package io.hostfirewall.agent.policyfile;

import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.check.AddressSetCheck;
import io.hostfirewall.ruleset.check.NamedSets;
import io.hostfirewall.ruleset.check.PolicyCheck;
import io.hostfirewall.ruleset.check.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
   * Reads every policy of files and folders, and the address sets that they name.
   *
   * @param paths YAML files, folders of them, or {@code -} for standard input
   */
  public static Read read(List<String> paths, InputStream standardInput) {
    var files = new PolicyFiles(standardInput);
    paths.forEach(files::path);
    if (files.policies.isEmpty() && files.problems.isEmpty()) {
      files.problems.add(
          new FileProblem(String.join(" ", paths), 0, "", "no HostFirewallPolicy is in it."));
    }
    if (files.problems.isEmpty()) {
      files.policies.forEach(files::requireAddressSets);
    }
    return new Read(
        files.problems.isEmpty()
            ? files.policies.stream().map(read -> files.inPlace(read.policy())).toList()
            : files.policies.stream().map(PolicyOfFile::policy).toList(),
        List.copyOf(files.problems),
        files::problem);
  }

  private FileProblem problem(String policy, String field, String message) {
    return policies.stream()
        .filter(read -> read.policy().name().equals(policy))
        .findFirst()
        .map(read -> read.document().at(field, message))
        .orElseThrow();
  }

  private void requireAddressSets(PolicyOfFile read) {
    var document = new Document(read.document());
    var spec = read.policy().spec();
    Stream.concat(
            NamedSets.unknown(spec, addressSets.names()).stream(),
            NamedSets.withoutCluster(spec).stream())
        .forEach(problem -> document.problem(problem.field(), problem.message()));
    problems.addAll(document.problems());
  }

  private RevisionPolicy inPlace(RevisionPolicy policy) {
    return new RevisionPolicy(
        policy.name(), policy.uid(), policy.generation(), addressSets.inPlace(policy.spec()));
  }

  private void path(String path) {
    try {
      if (path.equals("-")) {
        text("-", standardInput);
      } else if (Files.isDirectory(Path.of(path))) {
        try (var files = Files.list(Path.of(path))) {
          for (var file : files.filter(PolicyFiles::isYaml).sorted().toList()) {
            file(file.toString());
          }
        }
      } else {
        file(path);
      }
    } catch (IOException e) {
      problems.add(new FileProblem(path, 0, "", "cannot be read."));
    }
  }

  private void file(String path) throws IOException {
    try (var content = Files.newInputStream(Path.of(path))) {
      text(path, content);
    }
  }

  static boolean isYaml(Path file) {
    return file.toString().matches(".*\\.(yaml|yml|json)");
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
