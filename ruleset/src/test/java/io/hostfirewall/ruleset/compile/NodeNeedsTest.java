package io.hostfirewall.ruleset.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What nodes may do to each other under trustNodes: false is what the page says. */
class NodeNeedsTest {

  private static final Path PAGE = Path.of("../docs/rules.md");

  /** Rows such as {@code | udp 8472 | VXLAN |}. */
  private static final Pattern ROW =
      Pattern.compile("^\\| (tcp|udp|protocol|icmp) ([^|]+?) \\|", Pattern.MULTILINE);

  @ParameterizedTest
  @EnumSource
  void the_page_lists_them_all_and_no_others(Family family) throws IOException {
    var documented = new ArrayList<String>();
    var row = ROW.matcher(Files.readString(PAGE));
    while (row.find()) {
      documented.add(row.group(1) + " " + row.group(2));
    }

    assertThat(documented)
        .containsExactlyInAnyOrderElementsOf(
            NodeNeeds.of(Policies.worker(), family).stream()
                .flatMap(need -> words(need).stream())
                .toList());
  }

  private static List<String> words(List<Match> need) {
    var protocol = ((Match.IsProtocol) need.getFirst()).protocol();
    if (need.size() == 1) {
      return List.of("protocol " + protocol.number());
    }
    return switch (need.getLast()) {
      case Match.MultiPort(var ranges) ->
          ranges.stream().map(range -> protocol.text() + " " + range).toList();
      case Match.IcmpType _ -> List.of("icmp EchoRequest");
      default -> throw new AssertionError("not in the words of the page: " + need);
    };
  }
}
