package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Every recipe of the cookbook is taken by a kernel, one after the other. */
@OnEveryBackEnd
class CookbookKernelIT extends KernelTest {

  private static final int UNNAMED = 8081;

  @Test
  void each_recipe_can_be_loaded_and_closes_what_it_does_not_name() throws IOException {
    host.listen(UNNAMED);
    assertThat(attacker.connect(1, UNNAMED)).accepted(1);
    host.joinCluster();

    try (var files = Files.list(Path.of("..", "examples", "cookbook"))) {
      var recipes = files.filter(Files::isRegularFile).sorted().toList();
      assertThat(recipes).hasSizeGreaterThan(10);
      for (var recipe : recipes) {
        host.apply(recipe);

        assertThat(attacker.connect(1, UNNAMED)).as(recipe.toString()).vanished();
      }
    }
  }
}
