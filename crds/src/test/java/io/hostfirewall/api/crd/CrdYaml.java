package io.hostfirewall.api.crd;

import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.hostfirewall.api.v1alpha1.HostFirewallAddressSet;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeState;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicy;
import io.hostfirewall.api.v1alpha1.HostFirewallRevision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The CRDs of the four kinds as YAML: as the records say them, and as they are committed. */
final class CrdYaml {

  /** Where the committed files are, seen from the module's folder. */
  static final Path COMMITTED = Path.of("generated");

  private static final List<Class<? extends HasMetadata>> KINDS =
      List.of(
          HostFirewallPolicy.class,
          HostFirewallAddressSet.class,
          HostFirewallRevision.class,
          HostFirewallNodeState.class);

  private CrdYaml() {}

  /** Contents by file name, made from the records now. */
  static Map<String, String> fromRecords(Path workFolder) throws IOException {
    var kinds = KINDS.stream().collect(Collectors.toMap(Class::getSimpleName, kind -> kind));
    Files.createDirectories(workFolder);
    new CRDGenerator()
        .customResourceClasses(KINDS)
        .forCRDVersions("v1")
        .withMinQuotes(true)
        .withPostProcessor(new FinishedSchema(Map.copyOf(kinds)))
        .inOutputDir(workFolder.toFile())
        .generate();
    var contents = new TreeMap<String, String>();
    read(workFolder).forEach((name, yaml) -> contents.put(plural(name) + ".yaml", finished(yaml)));
    return contents;
  }

  /** Contents by file name, as committed. */
  static Map<String, String> committed() throws IOException {
    return Files.isDirectory(COMMITTED) ? read(COMMITTED) : Map.of();
  }

  static void commit(Map<String, String> contents) throws IOException {
    Files.createDirectories(COMMITTED);
    for (var file : contents.entrySet()) {
      Files.writeString(COMMITTED.resolve(file.getKey()), file.getValue());
    }
  }

  private static Map<String, String> read(Path folder) throws IOException {
    var contents = new TreeMap<String, String>();
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        contents.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return contents;
  }

  private static String plural(String generatedName) {
    return generatedName.substring(0, generatedName.indexOf('.'));
  }

  /**
   * Whole numbers as such, words that YAML 1.1 reads as booleans in quotes, and who made the file.
   */
  private static String finished(String yaml) {
    return yaml.replaceFirst("^#.*", "# Made from the records in src/main/java by `make crds`.")
        .replaceAll("(?m)^( *(?:maximum|minimum): -?[0-9]+)\\.0$", "$1")
        .replaceAll("(?m)^( *- )(True|False)$", "$1\"$2\"")
        .replace("9.007199254740991E15", "9007199254740991");
  }
}
