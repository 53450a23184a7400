package io.hostfirewall.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.hostfirewall.agent");

  @Test
  void it_is_a_plain_program_that_knows_no_operator() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.quarkus..",
            "io.javaoperatorsdk..",
            "jakarta..",
            "io.vertx..",
            "io.fabric8.kubernetes.client..",
            "io.hostfirewall.operator..")
        .check(OURS);
  }

  @Test
  void only_one_room_speaks_to_the_api_server() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..agent.cluster..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.net.http..")
        .check(OURS);
  }

  @Test
  void only_one_class_starts_programs() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.hostfirewall.agent.kernel.Commands")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.ProcessBuilder")
        .check(OURS);
  }

  /** What people read has the time of the clock on the wall; everything else must not. */
  @Test
  void who_waits_looks_at_no_clock_that_can_be_set() {
    noClasses()
        .that()
        .doNotHaveFullyQualifiedName("io.hostfirewall.agent.cli.RunCommand")
        .and()
        .doNotHaveFullyQualifiedName("io.hostfirewall.agent.cli.ClusterStatusCommand")
        .and()
        .doNotHaveFullyQualifiedName("io.hostfirewall.agent.cluster.KubernetesCluster")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(InstantSource.class, "system")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(OURS);
  }

  @Test
  void only_one_room_listens() {
    noClasses()
        .that()
        .resideOutsideOfPackage("..agent.health..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.prometheus..")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(ServerSocket.class)
        .check(OURS);
  }

  @Test
  void nobody_knows_the_command_line() {
    classes()
        .that()
        .resideInAPackage("..agent.cli..")
        .should()
        .onlyBeAccessed()
        .byClassesThat()
        .resideInAnyPackage("..agent.cli..", "io.hostfirewall.agent")
        .check(OURS);
  }

  @Test
  void rooms_have_no_circles() {
    slices().matching("io.hostfirewall.agent.(*)..").should().beFreeOfCycles().check(OURS);
  }
}
