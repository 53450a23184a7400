package io.hostfirewall.agent.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectionTableTest {

  @TempDir private Path kernel;
  private ConnectionTable table;

  @BeforeEach
  void open() {
    table = new ConnectionTable(kernel);
  }

  private boolean look(long count, long max) throws IOException {
    Files.writeString(kernel.resolve("nf_conntrack_count"), count + "\n");
    Files.writeString(kernel.resolve("nf_conntrack_max"), max + "\n");
    return table.look();
  }

  @Test
  void it_is_nearly_full_from_95_percent_on_until_below_90() throws IOException {
    assertThat(look(949, 1000)).isFalse();
    assertThat(look(950, 1000)).isTrue();
    assertThat(look(900, 1000)).isTrue();
    assertThat(look(899, 1000)).isFalse();
    assertThat(look(949, 1000)).isFalse();
  }

  @Test
  void what_it_says_stays_the_same_while_it_lasts() throws IOException {
    look(960, 1000);
    look(1000, 1000);
    assertThat(table.exhausted(false))
        .startsWith("the kernel tracked 960 connections of at most 1000")
        .doesNotContain("SSH");
    assertThat(table.exhausted(true)).contains(" any rule, all but SSH of agent.adminNetworks. ");

    look(100, 1000);
    assertThat(table.exhausted(false)).isEmpty();
    assertThat(table.exhausted(true)).isEmpty();
  }

  @Test
  void the_page_on_safety_says_when() throws IOException {
    assertThat(Files.readString(Path.of("..", "docs", "safety.md")))
        .contains(
            "From %d %% on until below %d %%"
                .formatted(ConnectionTable.FULL, ConnectionTable.RELIEVED))
        .contains("`ConnectionsExhausted`");
  }

  @Test
  void a_larger_table_helps_at_once() throws IOException {
    assertThat(look(1000, 1000)).isTrue();
    assertThat(look(1000, 2000)).isFalse();
  }

  @Test
  void a_kernel_without_a_limit_or_that_tracks_nothing_is_never_full() throws IOException {
    assertThat(table.look()).isFalse();
    assertThat(look(1_000_000, 0)).isFalse();
  }
}
