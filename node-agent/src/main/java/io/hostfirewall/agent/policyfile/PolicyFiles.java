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
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads policies from YAML files, for those who have no API server that would check them. */
public final class PolicyFiles {

  /** The largest file that is read; an object of the API server has at most a tenth of it. */
  static final int MAX_BYTES = 16 << 20;

  static final String API_VERSION = "hostfirewall.io/v1alpha1";
  static final String KIND = "HostFirewallPolicy";
  private static final String ADDRESS_SET = "HostFirewallAddressSet";
  private static final List<String> TOP =
      List.of("apiVersion", "kind", "metadata", "spec", "status");

  /** RFC 1123 labels with dots between; the API server's rule for names, and our bound of 63. */
  private static final String NAME = "[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?";

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

  private void text(String file, InputStream content) throws IOException {
    var bytes = content.readNBytes(MAX_BYTES);
    if (bytes.length == MAX_BYTES) {
      problems.add(
          new FileProblem(file, 0, "", "is longer than %d MiB.".formatted(MAX_BYTES >> 20)));
      return;
    }
    text(file, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
  }

  static boolean isYaml(Path file) {
    return file.toString().matches(".*\\.(yaml|yml|json)");
  }

  private void text(String file, String text) {
    try {
      for (var node : new Yaml(new LoaderOptions()).composeAll(new StringReader(text))) {
        if (node != null && !node.getTag().equals(Tag.NULL)) {
          var document = new Document(file);
          object(node, document);
          problems.addAll(document.problems());
        }
      }
    } catch (MarkedYAMLException e) {
      var line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      problems.add(new FileProblem(file, line, "", "is not YAML: " + e.getProblem() + "."));
    } catch (YAMLException e) {
      problems.add(new FileProblem(file, 0, "", "is not YAML."));
    }
  }

  private void object(Node node, Document document) {
    if (!(node instanceof MappingNode mapping)) {
      document.problem("", node, "is no Kubernetes object.");
      return;
    }
    document.place("", node);
    var reader = new RecordReader(document);
    var fields = reader.fields(mapping, "", TOP);
    fields.forEach(document::place);
    var isOurs = says(document, fields, "apiVersion", API_VERSION);
    var isAddressSet = ADDRESS_SET.equals(text(fields.get("kind")));
    if (!isOurs || (!isAddressSet && !says(document, fields, "kind", KIND))) {
      return;
    }
    var name = name(document, isAddressSet ? ADDRESS_SET : KIND, fields.get("metadata"));
    var spec = fields.get("spec");
    if (spec == null) {
      document.problem("spec", "is required.");
    } else if (isAddressSet) {
      addressSet(name, reader.read(HostFirewallAddressSetSpec.class, spec, "spec"), document);
    } else {
      policy(name, reader.read(HostFirewallPolicySpec.class, spec, "spec"), document);
    }
  }

  private void policy(String name, @Nullable Object spec, Document document) {
    if (document.problems().isEmpty() && spec instanceof HostFirewallPolicySpec read) {
      complain(document, PolicyCheck.check(read));
      policies.add(new PolicyOfFile(new RevisionPolicy(name, "", 1L, read), document));
    }
  }

  private void addressSet(String name, @Nullable Object spec, Document document) {
    if (document.problems().isEmpty() && spec instanceof HostFirewallAddressSetSpec read) {
      complain(document, AddressSetCheck.check(read));
      if (document.problems().isEmpty()) {
        addressSets.add(name, read);
      }
    }
  }

  private static void complain(Document document, List<Problem> problems) {
    problems.forEach(problem -> document.problem(problem.field(), sentence(problem.message())));
  }

  private static boolean says(
      Document document, Map<String, Node> fields, String field, String wanted) {
    var said = text(fields.get(field));
    if (!said.equals(wanted)) {
      document.problem(field, "\"%s\" is not \"%s\".".formatted(said, wanted));
    }
    return said.equals(wanted);
  }

  private static String text(@Nullable Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : "";
  }

  private String name(Document document, String kind, @Nullable Node metadata) {
    var name = "";
    if (metadata instanceof MappingNode mapping) {
      for (var tuple : mapping.getValue()) {
        if (tuple.getKeyNode() instanceof ScalarNode key
            && key.getValue().equals("name")
            && tuple.getValueNode() instanceof ScalarNode value) {
          document.place("metadata.name", value);
          name = value.getValue();
        }
      }
    }
    if (!name.matches(NAME)) {
      document.problem(
          "metadata.name",
          "\"%s\" is no name: 1 to 63 of the characters a-z, 0-9, - and .".formatted(name));
    }
    var earlier = seen.putIfAbsent(kind + " " + name, document.file());
    if (earlier != null) {
      document.problem(
          "metadata.name",
          "\"%s\" is the name of another %s in %s."
              .formatted(name, kind.equals(KIND) ? "policy" : "address set", earlier));
    }
    return name;
  }

  private static String sentence(String message) {
    return message.matches(".*[.?!]") ? message : message + ".";
  }
}
