package io.hostfirewall.api;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** This module is the API as data: it knows nobody and decides nothing. */
class ArchitectureTest {

  private static final JavaClasses API =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.hostfirewall");

  @Test
  void it_is_seen_at_all() {
    assertThat(API).hasSizeGreaterThan(30);
  }

  @Test
  void it_knows_no_other_module() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAPackage("io.hostfirewall..")
                .and(not(resideInAPackage("io.hostfirewall.api.."))))
        .check(API);
  }

  @Test
  void it_uses_nothing_but_models_and_annotations() {
    classes()
        .should()
        .onlyDependOnClassesThat(
            resideInAPackage("io.hostfirewall.api..")
                .or(
                    resideInAnyPackage(
                        "java.lang..",
                        "java.util",
                        "com.fasterxml.jackson.annotation",
                        "io.fabric8.kubernetes.api.model",
                        "io.fabric8.kubernetes.model.annotation",
                        "io.fabric8.crd.generator.annotation",
                        "io.fabric8.generator.annotation",
                        "org.jspecify.annotations"))
                .or(equivalentTo(CustomResource.class)))
        .check(API);
  }

  @Test
  void it_has_no_logic() {
    assertThat(API.stream().flatMap(type -> type.getMethods().stream()))
        .filteredOn(method -> !isMadeByTheCompiler(method))
        .isEmpty();
  }

  private static boolean isMadeByTheCompiler(JavaMethod method) {
    var owner = method.getOwner();
    return owner.isRecord()
        ? owner.tryGetField(method.getName()).isPresent()
            || Set.of("equals", "hashCode", "toString").contains(method.getName())
        : owner.isEnum() && Set.of("values", "valueOf", "$values").contains(method.getName());
  }
}
