package io.hostfirewall.ruleset;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class ArchitectureTest {

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.hostfirewall.ruleset");

  @Test
  void it_is_pure() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.io..",
            "java.nio.file..",
            "java.nio.channels..",
            "java.net.http..",
            "java.util.concurrent..",
            "io.fabric8.kubernetes.client..",
            "io.hostfirewall.agent..",
            "io.hostfirewall.operator..")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.lang.ProcessBuilder")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Instant")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.time.Clock")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .check(OURS);
  }

  @Test
  void the_model_knows_nobody() {
    classes()
        .that()
        .resideInAPackage("..ruleset.model..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("java..", "org.jspecify..", "io.hostfirewall.ruleset.model..")
        .check(OURS);
  }

  @Test
  void compiling_knows_nothing_of_text() {
    noClasses()
        .that()
        .resideInAnyPackage("..ruleset.merge..", "..ruleset.compile..", "..ruleset.check..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("..ruleset.render..", "..ruleset.parse..", "..ruleset.trial..")
        .check(OURS);
  }
}
