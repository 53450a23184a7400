package io.hostfirewall.e2e.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.e2e.cluster.ControlPlane;
import java.io.IOException;
import java.nio.file.Files;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The images, without starting them. */
class ImagesNodesIT {

  private static final long MOST_BYTES_OF_AGENT = 60_000_000;

  private static final Pattern PROGRAM_OF_OTHERS =
      Pattern.compile("/(ba|da|z)?sh|busybox|/perl[0-9.]*|/python[0-9.]*|/dpkg|/apt(-get)?");

  @Test
  void the_agent_is_root_and_starts_from_its_argument_file() throws IOException {
    var agent = ImageArchive.named("node-agent");

    assertThat(agent.config().user()).isEqualTo("0:0");
    assertThat(agent.config().entrypoint()).containsExactly("java", "@agent");
    assertThat(agent.config().workingDirectory()).isEqualTo("/opt/hostfirewall");
    assertThat(agent.paths())
        .contains(
            "/opt/java/bin/java",
            "/opt/hostfirewall/agent",
            "/opt/hostfirewall/hostfirewall",
            "/opt/hostfirewall/agent.aot",
            "/usr/sbin/iptables-nft-restore",
            "/usr/sbin/ip6tables-nft-save",
            "/usr/sbin/iptables-legacy-restore",
            "/usr/sbin/ip6tables-legacy-save",
            "/usr/sbin/nft",
            "/usr/sbin/ipset");
  }

  @Test
  void the_operator_is_nobody_and_has_nothing_of_netfilter() throws IOException {
    var operator = ImageArchive.named("operator");

    assertThat(operator.config().user()).isEqualTo("65532:65532");
    assertThat(operator.config().entrypoint()).containsExactly("java", "@operator");
    assertThat(operator.paths())
        .contains("/opt/java/bin/java", "/opt/hostfirewall/quarkus-run.jar")
        .noneMatch(path -> path.startsWith("/usr/sbin/"))
        .noneMatch(path -> path.contains("xtables"));
  }

  @Test
  void the_agent_is_small() throws IOException {
    assertThat(Files.size(ImageArchive.named("node-agent").file()))
        .isLessThanOrEqualTo(MOST_BYTES_OF_AGENT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"node-agent", "operator"})
  void no_shell_and_no_package_manager(String name) throws IOException {
    assertThat(ImageArchive.named(name).paths())
        .noneMatch(path -> PROGRAM_OF_OTHERS.matcher(path).matches())
        .noneMatch(path -> path.matches("(/usr)?/s?bin/.*sh"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"node-agent", "operator"})
  void nobody_but_root_may_write_and_nothing_is_setuid(String name) throws IOException {
    assertThat(ImageArchive.named(name).listing())
        .allMatch(line -> line.split("\\s+", 3)[1].matches("0/0|root/root"))
        .noneMatch(line -> line.startsWith("-") && line.substring(0, 10).matches(".*[sS].*"))
        .noneMatch(line -> line.startsWith("-") && line.charAt(8) == 'w');
  }

  @ParameterizedTest
  @ValueSource(strings = {"node-agent", "operator"})
  void labelled_and_without_the_time_of_the_build(String name) throws IOException {
    var config = ImageArchive.named(name).config();

    assertThat(config.labels())
        .containsKeys(
            "org.opencontainers.image.title",
            "org.opencontainers.image.description",
            "org.opencontainers.image.version")
        .containsEntry("org.opencontainers.image.licenses", "Apache-2.0");
    assertThat(config.created()).isEqualTo("2026-01-01T00:00:00Z");
  }

  @ParameterizedTest
  @ValueSource(strings = {"node-agent", "operator"})
  void a_bill_of_materials_lists_jars_and_packages(String name) throws IOException {
    var file = ControlPlane.PROJECT.resolve("target/images").resolve(name + ".cdx.json");
    var bill = ImageArchive.json(Files.readString(file));

    assertThat(bill.get("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(bill.get("components").findValuesAsText("purl"))
        .anyMatch(purl -> purl.startsWith("pkg:maven/com.fasterxml.jackson.core/jackson-databind"))
        .anyMatch(purl -> purl.startsWith("pkg:deb/debian/libc6@"));
    assertThat(bill.get("components").findValuesAsText("name")).contains("OpenJDK runtime");
  }
}
