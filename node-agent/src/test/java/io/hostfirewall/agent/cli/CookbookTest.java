package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.policyfile.Expectation;
import io.hostfirewall.agent.policyfile.ExpectationFile;
import io.hostfirewall.agent.policyfile.PolicyFiles;
import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The recipes of docs/cookbook.md. */
class CookbookTest {

  private static final Path RECIPES = Path.of("..", "examples", "cookbook");
  private static final Path EXPECTATIONS = RECIPES.resolve("expectations");
  private static final List<String> LISTS = List.of("ingress", "egress", "forward");

  @TempDir Path folder;

  static List<String> recipes() throws IOException {
    return files(RECIPES);
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void each_recipe_does_what_is_expected_and_has_no_rule_without_effect(String recipe) {
    var run = verify(RECIPES.resolve(recipe), recipe);

    assertThat(run.exit()).as("%s%s", run.out(), run.err()).isZero();
  }

  @Test
  void every_recipe_has_its_expectations_and_a_place_in_the_page() throws IOException {
    assertThat(files(EXPECTATIONS)).isEqualTo(recipes());
    var linked =
        Pattern.compile("\\(\\.\\./examples/cookbook/([a-z0-9-]+\\.yaml)\\)")
            .matcher(Files.readString(Path.of("..", "docs", "cookbook.md")))
            .results()
            .map(result -> result.group(1))
            .distinct()
            .sorted();
    assertThat(linked).containsExactlyElementsOf(recipes());
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void something_passes_and_something_does_not_in_both_families(String recipe) {
    var read = ExpectationFile.read(List.of(expectations(recipe)), "eth0");

    assertThat(read.problems()).isEmpty();
    for (var family : Family.values()) {
      assertThat(read.expectations().stream().filter(e -> family(e) == family))
          .as("expectations of %s", family)
          .extracting(e -> e.verdict() == Action.ACCEPT)
          .contains(true, false);
    }
  }

  /** So each rule is needed for what is expected, and a slip in one of them would be seen. */
  @ParameterizedTest
  @MethodSource("recipes")
  void without_any_one_of_its_rules_a_recipe_fails(String recipe) throws IOException {
    var text = Files.readString(RECIPES.resolve(recipe));
    var unnoticed = new SoftAssertions();
    for (var rule : rules(text)) {
      var file = folder.resolve(recipe);
      Files.writeString(file, without(rule, text));

      var run = verify(file, recipe);

      unnoticed
          .assertThat(run.exit())
          .as("%s without %s: %s", recipe, rule, run.err())
          .isEqualTo(1);
    }
    unnoticed.assertAll();
  }

  @Test
  void all_recipes_can_be_read_together() {
    var files = PolicyFiles.open(List.of(RECIPES.toString()), InputStream.nullInputStream());

    assertThat(files.inCluster(Set.of()).problems()).isEmpty();
  }

  /** One rule by the document, the list and the place in it. */
  private record RuleAt(int document, String list, int index) {}

  private static List<RuleAt> rules(String text) {
    var rules = new ArrayList<RuleAt>();
    var documents = documents(text);
    for (var d = 0; d < documents.size(); d++) {
      for (var list : LISTS) {
        for (var i = 0; i < list(documents.get(d), list).size(); i++) {
          rules.add(new RuleAt(d, list, i));
        }
      }
    }
    assertThat(rules).isNotEmpty();
    return rules;
  }

  private static String without(RuleAt rule, String text) {
    var documents = documents(text);
    list(documents.get(rule.document()), rule.list()).remove(rule.index());
    return new Yaml().dumpAll(documents.iterator());
  }

  private static List<Map<String, Object>> documents(String text) {
    var documents = new ArrayList<Map<String, Object>>();
    new Yaml(new SafeConstructor(new LoaderOptions()))
        .loadAll(text)
        .forEach(document -> documents.add(fields(document)));
    return documents;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> fields(Object document) {
    return (Map<String, Object>) document;
  }

  private static List<?> list(Map<String, Object> document, String list) {
    return (List<?>) fields(document.get("spec")).getOrDefault(list, List.of());
  }

  private static List<String> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> file.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  private static Family family(Expectation expectation) {
    return expectation.question().packet().family();
  }

  private static String expectations(String recipe) {
    return EXPECTATIONS.resolve(recipe).toString();
  }

  private static CommandRun verify(Path policies, String recipe) {
    return CommandRun.of("verify", "--lint", "-f", policies.toString(), expectations(recipe));
  }
}
