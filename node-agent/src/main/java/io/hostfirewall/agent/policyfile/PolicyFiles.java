package io.hostfirewall.agent.policyfile;

import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.check.PolicyCheck;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private static final String API_VERSION = "hostfirewall.io/v1alpha1";
  private static final String KIND = "HostFirewallPolicy";
  private static final List<String> TOP =
      List.of("apiVersion", "kind", "metadata", "spec", "status");

  /** RFC 1123 labels with dots between; the API server's rule for names, and our bound of 63. */
  private static final String NAME = "[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?";

  private final InputStream standardInput;
  private final List<RevisionPolicy> policies = new ArrayList<>();
  private final List<FileProblem> problems = new ArrayList<>();
  private final Map<String, String> seen = new HashMap<>();

  private PolicyFiles(InputStream standardInput) {
    this.standardInput = standardInput;
  }

  /** What was read. If there are problems, the policies are not all. */
  public record Read(List<RevisionPolicy> policies, List<FileProblem> problems) {}

  /**
   * Reads every policy of files and folders.
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
    return new Read(List.copyOf(files.policies), List.copyOf(files.problems));
  }

  private void path(String path) {
    try {
      if (path.equals("-")) {
        text("-", new String(standardInput.readAllBytes(), StandardCharsets.UTF_8));
      } else if (Files.isDirectory(Path.of(path))) {
        try (var files = Files.list(Path.of(path))) {
          for (var file : files.filter(PolicyFiles::isYaml).sorted().toList()) {
            text(file.toString(), Files.readString(file));
          }
        }
      } else {
        text(path, Files.readString(Path.of(path)));
      }
    } catch (IOException e) {
      problems.add(new FileProblem(path, 0, "", "cannot be read."));
    }
  }

  private static boolean isYaml(Path file) {
    return file.toString().matches(".*\\.(yaml|yml|json)");
  }

  private void text(String file, String text) {
    try {
      for (var node : new Yaml(new LoaderOptions()).composeAll(new StringReader(text))) {
        if (node != null && !node.getTag().equals(Tag.NULL)) {
          var document = new Document(file);
          policy(node, document).ifPresent(policies::add);
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

  private Optional<RevisionPolicy> policy(Node node, Document document) {
    if (!(node instanceof MappingNode mapping)) {
      document.problem("", node, "is no Kubernetes object.");
      return Optional.empty();
    }
    document.place("", node);
    var reader = new RecordReader(document);
    var fields = reader.fields(mapping, "", TOP);
    fields.forEach(document::place);
    var isOurs = says(document, fields, "apiVersion", API_VERSION);
    if (!says(document, fields, "kind", KIND) || !isOurs) {
      return Optional.empty();
    }
    var name = name(document, fields.get("metadata"));
    if (!fields.containsKey("spec")) {
      document.problem("spec", "is required.");
      return Optional.empty();
    }
    var spec = reader.read(HostFirewallPolicySpec.class, fields.get("spec"), "spec");
    if (document.problems().isEmpty() && spec instanceof HostFirewallPolicySpec read) {
      PolicyCheck.check(read)
          .forEach(problem -> document.problem(problem.field(), sentence(problem.message())));
      return Optional.of(new RevisionPolicy(name, "", 1L, read));
    }
    return Optional.empty();
  }

  private static boolean says(
      Document document, Map<String, Node> fields, String field, String wanted) {
    var said = fields.get(field) instanceof ScalarNode scalar ? scalar.getValue() : "";
    if (!said.equals(wanted)) {
      document.problem(field, "\"%s\" is not \"%s\".".formatted(said, wanted));
    }
    return said.equals(wanted);
  }

  private String name(Document document, @Nullable Node metadata) {
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
    var earlier = seen.putIfAbsent(name, document.file());
    if (earlier != null) {
      document.problem(
          "metadata.name", "\"%s\" is the name of another policy in %s.".formatted(name, earlier));
    }
    return name;
  }

  private static String sentence(String message) {
    return message.matches(".*[.?!]") ? message : message + ".";
  }
}
