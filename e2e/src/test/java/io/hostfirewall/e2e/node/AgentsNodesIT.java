package io.hostfirewall.e2e.node;

import static io.hostfirewall.e2e.node.Release.eventually;
import static io.hostfirewall.e2e.node.Workloads.OTHER;
import static io.hostfirewall.e2e.node.Workloads.WEB;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Agents and operators come, go and change; what is enforced does not notice. */
class AgentsNodesIT extends NodesTest {

  private static final int KILLS = 20;

  /** Each kind of packet is measured with at least so many. */
  private static final long ENOUGH = 5_000;

  private static final String POLICY =
      NOTHING_BUT_WEB
          + "  - {name: open, action: Accept, ports: [{protocol: UDP, port: %d}]}\n"
              .formatted(Traffic.OPEN);

  private static final String VERSION = "0.1.0-SNAPSHOT";

  @BeforeEach
  void a_policy_is_in_force() {
    release.ensure();
    release.apply(POLICY);
    release.awaitReady("web", 2);
  }

  @AfterAll
  void open() {
    release.ensure();
    release.withoutPolicies();
  }

  /** Does something while traffic comes in, which must neither slip through nor be lost. */
  private void unnoticed(Runnable work) {
    try (var traffic = new Traffic(stranger, lab.eleven())) {
      work.run();
      eventually("enough packets").until(() -> traffic.arrived() > ENOUGH);
      var seen = traffic.end();
      assertThat(seen.closed().passed()).as("leaked of %s", seen).isZero();
      assertThat(seen.open().lost()).as("lost of %s", seen).isZero();
      assertThat(seen.own().lost()).as("lost of %s", seen).isZero();
    }
  }

  @Test
  void a_flushed_chain_leaks_and_is_seen_to_leak() {
    try (var traffic = new Traffic(stranger, lab.eleven())) {
      lab.eleven().run("iptables-nft", "-F", "HFW-INPUT");
      eventually("enough packets").until(() -> traffic.arrived() > ENOUGH);
      eventually("healed").until(() -> stranger.isShutOut(lab.eleven(), OTHER));
      assertThat(traffic.end().closed().passed()).isPositive();
    }
  }

  @Test
  void an_agent_killed_twenty_times_under_traffic_leaks_and_loses_nothing() {
    var before = lab.eleven().ownRules();
    unnoticed(
        () -> {
          for (int i = 0; i < KILLS; i++) {
            killAgent(lab.eleven());
          }
        });
    assertThat(lab.eleven().ownRules()).isEqualTo(before);
    release.awaitAgents();
  }

  /** Kills the process of an agent and waits for the next. */
  private static void killAgent(KubeletNode node) {
    eventually("an agent").until(() -> node.agents().size() == 1);
    var agent = node.agents().getFirst();
    agent.destroyForcibly();
    eventually("another agent")
        .until(() -> node.agents().stream().anyMatch(other -> other.pid() != agent.pid()));
  }

  @Test
  void a_new_image_is_rolled_out_under_traffic_and_adopts_the_rules() {
    tag("node-agent", "next");
    var before = lab.eleven().ownRules();

    unnoticed(() -> release.upgrade(Release.CHART, "agent.image.tag=next"));

    awaitImage("agent", "hostfirewall/node-agent:next");
    assertThat(lab.eleven().ownRules()).as("the same rules").isEqualTo(before);
  }

  /** Both images have another name before, so that every pod is exchanged. */
  @Test
  void an_upgrade_from_an_earlier_chart_leaks_and_loses_nothing() {
    tag("node-agent", "earlier");
    tag("operator", "earlier");
    var before = lab.eleven().ownRules();
    release.upgrade(
        EarlierChart.unpackTo(lab.folder().resolve("earlier-chart")),
        "agent.image.tag=earlier",
        "operator.image.tag=earlier");
    awaitImage("agent", "hostfirewall/node-agent:earlier");
    awaitImage("operator", "hostfirewall/operator:earlier");

    unnoticed(() -> release.upgrade(Release.CHART));

    awaitImage("agent", "hostfirewall/node-agent:" + VERSION);
    awaitImage("operator", "hostfirewall/operator:" + VERSION);
    assertThat(lab.eleven().ownRules()).as("the same rules").isEqualTo(before);
    release.awaitReady("web", 2);
  }

  /** Gives an image of ours another name on both nodes. */
  private void tag(String name, String tag) {
    var image = "docker.io/hostfirewall/" + name + ":";
    var command = new String[] {"ctr", "-n", "k8s.io", "images", "tag", "--force"};
    lab.nodes()
        .forEach(
            node ->
                node.run(
                    Stream.concat(Stream.of(command), Stream.of(image + VERSION, image + tag))
                        .toArray(String[]::new)));
  }

  /** Pods of before are not on their way out at once when those that follow them are ready. */
  private void awaitImage(String component, String image) {
    eventually("every " + component + " of " + image)
        .until(() -> imagesOf(component), image::equals);
  }

  /** What the pods of a component run that are not on their way out. */
  private String imagesOf(String component) {
    var pods =
        lab.kubectl()
            .run(
                "get",
                "pods",
                "--namespace=" + Release.NAMESPACE,
                "--selector=app.kubernetes.io/component=" + component,
                "-o",
                "jsonpath={range .items[*]}{.metadata.deletionTimestamp}"
                    + "|{.spec.containers[*].image}{\"\\n\"}{end}");
    return pods.lines()
        .filter(line -> line.startsWith("|"))
        .map(line -> line.substring(1))
        .distinct()
        .collect(Collectors.joining(" "));
  }

  @Test
  void an_unprivileged_agent_does_everything() {
    var before = lab.eleven().ownRules();
    unnoticed(() -> release.upgrade(Release.CHART, "agent.privileged=false"));

    assertThat(lab.eleven().ownRules()).as("the same rules").isEqualTo(before);
    assertThat(lab.eleven().agents())
        .allSatisfy(
            agent ->
                assertThat(Files.readString(Path.of("/proc/%d/status".formatted(agent.pid()))))
                    .as("NET_ADMIN and NET_RAW, bits 12 and 13 of capability.h, alone; seccomp")
                    .containsPattern("CapEff:\\s+0000000000003000")
                    .containsPattern("CapBnd:\\s+0000000000003000")
                    .containsPattern("NoNewPrivs:\\s+1")
                    .containsPattern("Seccomp:\\s+2"));

    release.apply(POLICY.replace("port: 80}", "port: 8080}"));
    release.awaitReady("web", 2);
    assertThat(stranger.reaches(lab.eleven(), OTHER)).isTrue();
    assertThat(stranger.isShutOut(lab.eleven(), WEB)).isTrue();

    lab.eleven().run("iptables-nft", "-F", "HFW-INPUT");
    eventually("healed").until(() -> stranger.isShutOut(lab.eleven(), WEB));
  }

  @Test
  void an_edit_arrives_though_every_operator_is_killed_over_it() {
    var edited = POLICY.replace("port: 80}", "port: 8080}");
    unnoticed(
        () -> {
          release.apply(edited);
          killOperators();
          release.awaitReady("web", 2);
        });

    assertThat(lab.nodes())
        .allSatisfy(
            node -> {
              assertThat(stranger.reaches(node, OTHER)).isTrue();
              assertThat(stranger.isShutOut(node, WEB)).isTrue();
            });
  }

  private void killOperators() {
    lab.kubectl()
        .run(
            "delete",
            "pods",
            "--namespace=" + Release.NAMESPACE,
            "--selector=app.kubernetes.io/component=operator",
            "--grace-period=0",
            "--force");
  }
}
