package io.hostfirewall.e2e.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.policyfile.PolicyText;
import io.hostfirewall.e2e.lab.Family;
import io.hostfirewall.ruleset.foreign.RulesFile;
import io.hostfirewall.ruleset.foreign.RulesFileReader;
import io.hostfirewall.ruleset.importing.Hook;
import io.hostfirewall.ruleset.importing.Importer;
import io.hostfirewall.ruleset.importing.Importer.Imported;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What was imported decides packets as the files did. With {@code -Dimport.folder=FOLDER} the files
 * of that folder are tried, too.
 */
@OnEveryBackEnd
class ImportKernelIT extends KernelTest {

  private static final Path OWN = Path.of("src/test/resources/rules");

  /** How many packets a file must let one compare for the comparison to mean something. */
  private static final int ENOUGH = 100;

  private int flows;

  /** Files that are imported together. */
  record Source(List<Path> files) {
    @Override
    public String toString() {
      return String.join(" and ", files.stream().map(f -> f.getFileName().toString()).toList());
    }
  }

  static Stream<Source> sources() {
    var own =
        Stream.of(
            source("web-server.v4", "web-server.v6"),
            source("web-server.v4"),
            source("by-hand.v4"),
            source("ufw.v4"),
            source("limits.v4"),
            source("open.v6"),
            source("router.v4"));
    return Stream.concat(own, others());
  }

  private static Source source(String... names) {
    return new Source(Arrays.stream(names).map(OWN::resolve).toList());
  }

  private static Stream<Source> others() {
    var folder = System.getProperty("import.folder", "");
    if (folder.isEmpty()) {
      return Stream.of();
    }
    try (var files = Files.list(Path.of(folder))) {
      return files
          .filter(file -> file.toString().matches(".*\\.v[46]"))
          .sorted()
          .map(file -> new Source(List.of(file)))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sources")
  void a_file_and_its_import_decide_the_same(Source source) {
    var files = source.files().stream().map(ImportKernelIT::read).toList();
    var imported = Importer.of(files);
    var isOwn = source.files().getFirst().startsWith(OWN);
    if (!load(source)) {
      assertThat(isOwn).as("iptables refuses %s", source).isFalse();
      System.out.printf("%s, %s: iptables refuses it%n", setting, source);
      return;
    }
    var differences = compared(source, imported);
    System.out.printf("%s, %s: %s%n", setting, source, differences);
    assertThat(differences.found()).isEmpty();
    assertThat(differences.compared()).isGreaterThan(isOwn ? ENOUGH : -1);
  }

  @Test
  void a_file_that_was_altered_is_found_out() {
    var source = source("by-hand.v4");
    var imported =
        Importer.of(
            List.of(
                RulesFileReader.read(
                    "altered.v4", text(source).replace("--dport 3306", "--dport 3307"))));
    assertThat(load(source)).isTrue();

    assertThat(compared(source, imported).found())
        .hasSizeBetween(2, 20)
        .allMatch(difference -> difference.contains(":3306") || difference.contains(":3307"));
  }

  @Test
  void a_lone_ipv4_file_opens_nothing_in_ipv6() {
    var imported = Importer.of(List.of(read(OWN.resolve("web-server.v4"))));
    apply(imported);
    assertThat(shot(Family.IPV6, text(source("web-server.v4", "web-server.v6"))).values())
        .contains("lost", "sent")
        .containsOnly("lost", "sent");
    assertThat(shot(Family.IPV4, text(source("web-server.v4"))).values()).contains("1 delivered");
  }

  @Test
  void the_command_prints_what_can_be_applied(@TempDir Path folder) {
    var hostfirewall = new Program(topology.host(), setting.backEnd(), folder);

    var printed =
        hostfirewall.run(
            "import",
            OWN.resolve("web-server.v4").toString(),
            OWN.resolve("web-server.v6").toString());
    assertThat(printed.exit()).as(printed.err()).isBetween(0, 1);
    assertThat(printed.err()).contains("Lines carried over");
    assertThat(hostfirewall.apply(printed.out()).exit()).isZero();
    assertThat(shot(Family.IPV4, text(source("web-server.v4"))))
        .hasEntrySatisfying(
            new Condition<>(probe -> probe.matches("tcp 198\\.51\\.100\\..*:22"), "SSH, office"),
            new Condition<>("1 delivered"::equals, "delivered"))
        .containsValue("lost");
  }

  /** What was compared, and which packets were decided in two ways. */
  private record Differences(int compared, int left, List<String> found) {
    @Override
    public String toString() {
      return "%d compared, %d not claimed, differences %s".formatted(compared, left, found);
    }
  }

  private Differences compared(Source source, Imported imported) {
    var text = text(source);
    var families = families(source);
    var before = new TreeMap<Family, Map<String, String>>();
    families.forEach(family -> before.put(family, shot(family, text)));
    families.forEach(family -> clear(family, text));
    apply(imported);
    var found = new ArrayList<String>();
    var compared = 0;
    var left = 0;
    for (var family : families) {
      var claimed = claimed(family, text, imported);
      var after = shot(family, text);
      for (var probe : before.get(family).entrySet()) {
        if (!claimed.contains(probe.getKey())) {
          left++;
          continue;
        }
        compared++;
        if (!probe.getValue().equals(after.get(probe.getKey()))) {
          found.add(
              "%s: %s by the file, %s by the import"
                  .formatted(probe.getKey(), probe.getValue(), after.get(probe.getKey())));
        }
      }
    }
    return new Differences(compared, left, found);
  }

  private List<String> claimed(Family family, String text, Imported imported) {
    var fromOutside =
        battery(family, text).stream()
            .filter(probe -> Claims.cover(imported, probe.kind(), probe.hook()))
            .map(Battery.Probe::what);
    var ofHost =
        ofHost(family, text).stream()
            .filter(own -> Claims.cover(imported, own.kind(), Hook.OUTPUT))
            .map(Battery.Own::what);
    return Stream.concat(fromOutside, ofHost).toList();
  }

  private List<Battery.Own> ofHost(Family family, String text) {
    return Battery.ofHost(family, address(family), pod(family), text);
  }

  private static InetAddress address(Family family) {
    return InetAddress.ofLiteral(family.pick("192.0.2.1", "2001:db8:1::1"));
  }

  private static InetAddress pod(Family family) {
    return InetAddress.ofLiteral(family.pick("10.42.0.2", "fd42::2"));
  }

  private List<Battery.Probe> battery(Family family, String text) {
    var probes = Battery.of(family, address(family), pod(family), text, flows);
    flows += 7_000;
    return probes;
  }

  private Map<String, String> shot(Family family, String text) {
    var probes = battery(family, text);
    var packets = probes.stream().flatMap(probe -> probe.packets().stream()).toList();
    var verdicts = Battery.verdicts(probes, client(family, 66).send(packets));
    var ofHost = ofHost(family, text);
    var sent = Set.copyOf(host.sends(ofHost.stream().map(Battery.Own::to).toList()));
    ofHost.forEach(own -> verdicts.put(own.what(), sent.contains(own.to()) ? "sent" : "kept"));
    return verdicts;
  }

  private boolean load(Source source) {
    return source.files().stream()
        .allMatch(
            file ->
                topology.host().attempt(List.of(restore(family(read(file)))), text(file)).exit()
                    == 0);
  }

  private String restore(Family family) {
    return setting.backEnd().iptables(family) + "-restore";
  }

  /** Every table that a text speaks of, empty and open. */
  private void clear(Family family, String text) {
    var tables =
        text.lines()
            .filter(line -> line.startsWith("*"))
            .map(line -> line.strip() + "\nCOMMIT\n")
            .distinct()
            .toList();
    var chains = "*filter\n:INPUT ACCEPT\n:FORWARD ACCEPT\n:OUTPUT ACCEPT\nCOMMIT\n";
    topology.host().run(List.of(restore(family)), String.join("", tables) + chains);
  }

  private void apply(Imported imported) {
    var text = PolicyText.of("imported", imported.policies());
    host.apply(text.split("(?m)^---\n", -1));
  }

  private static List<Family> families(Source source) {
    return source.files().stream().map(ImportKernelIT::read).map(ImportKernelIT::family).toList();
  }

  private static Family family(RulesFile file) {
    return Family.valueOf(file.family().name());
  }

  private static RulesFile read(Path file) {
    return RulesFileReader.read(file.getFileName().toString(), text(file));
  }

  private static String text(Source source) {
    return String.join("\n", source.files().stream().map(ImportKernelIT::text).toList());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
