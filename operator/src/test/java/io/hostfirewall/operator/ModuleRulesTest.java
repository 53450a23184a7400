package io.hostfirewall.operator;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import org.junit.jupiter.api.Test;

class ModuleRulesTest {

  private static final JavaClasses OPERATOR =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.hostfirewall.operator");

  @Test
  void the_operator_knows_nothing_of_the_agent() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.hostfirewall.agent..")
        .check(OPERATOR);
  }

  @Test
  void the_operator_compiles_no_rules() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.hostfirewall.ruleset.compile..",
            "io.hostfirewall.ruleset.render..",
            "io.hostfirewall.ruleset.parse..",
            "io.hostfirewall.ruleset.trial..")
        .check(OPERATOR);
  }

  @Test
  void selection_is_pure() {
    noClasses()
        .that()
        .resideInAPackage("io.hostfirewall.operator.select")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.fabric8.kubernetes.client..",
            "io.javaoperatorsdk..",
            "java.time..",
            "java.nio.file..")
        .check(OPERATOR);
  }

  @Test
  void reconcilers_hold_only_final_fields() {
    fields()
        .that()
        .areDeclaredInClassesThat()
        .implement(Reconciler.class)
        .should()
        .beFinal()
        .check(OPERATOR);
    classes().that().implement(Reconciler.class).should().haveOnlyFinalFields().check(OPERATOR);
  }
}
