package io.hostfirewall.agent.loop;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.api.v1alpha1.NodePhase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The page on safety speaks of the states and reasons that there are. */
class SafetyPageTest {

  private static final Pattern DIAGRAM =
      Pattern.compile("```mermaid\nstateDiagram-v2\n(.*?)```", Pattern.DOTALL);
  private static final Pattern STEP = Pattern.compile("^ *(\\S+) --> (\\w+)", Pattern.MULTILINE);
  private static final String START = "[*]";

  private String page = "";

  @BeforeEach
  void read() throws IOException {
    page = Files.readString(Path.of("..", "docs", "safety.md"));
  }

  private String diagram() {
    var found = DIAGRAM.matcher(page);
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  @Test
  void its_diagram_shows_every_state_and_no_other() {
    var drawn =
        STEP.matcher(diagram())
            .results()
            .flatMap(step -> Stream.of(step.group(1), step.group(2)))
            .filter(state -> !state.equals(START))
            .collect(toSet());

    assertThat(drawn)
        .isEqualTo(Arrays.stream(NodePhase.values()).map(SafetyPageTest::shown).collect(toSet()));
  }

  @Test
  void every_state_of_its_diagram_can_be_reached_and_left() {
    var steps = STEP.matcher(diagram()).results().toList();
    var left = steps.stream().map(step -> step.group(1)).collect(toSet());
    var reached = steps.stream().map(step -> step.group(2)).collect(toSet());

    left.remove(START);
    assertThat(left).isEqualTo(reached);
  }

  @Test
  void it_explains_every_reason_of_a_roll_back() {
    var reasons = Arrays.stream(Outcome.Why.values()).map(Outcome.Why::reason).toList();

    assertThat(reasons).allSatisfy(reason -> assertThat(page).contains("`" + reason + "`"));
  }

  private static String shown(NodePhase phase) {
    try {
      return NodePhase.class.getField(phase.name()).getAnnotation(JsonProperty.class).value();
    } catch (NoSuchFieldException e) {
      throw new IllegalStateException(e);
    }
  }
}
