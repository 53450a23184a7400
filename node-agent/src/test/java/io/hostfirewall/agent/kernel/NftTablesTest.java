package io.hostfirewall.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Words of nft 1.0.6 and 1.1.3. */
class NftTablesTest {

  @TempDir Path folder;

  /** What is found where nft prints this of all tables, and this line at the beginning of one. */
  private Map<Family, Set<String>> asleep(String tables, String line) throws IOException {
    var nft = folder.resolve("nft.sh");
    Files.writeString(
        nft,
        """
        case "$*" in
          'nft -j list tables') %s ;;
          'nft -t list table ip6 filter') printf 'table ip6 filter {\\n\\t%s\\n' ;;
          *) exit 1 ;;
        esac
        """
            .formatted(tables, line));
    return new NftTables(new Commands(List.of("sh", nft.toString()))).asleep();
  }

  private static String tables(String version, String flags) {
    return """
        echo '{"nftables": [{"metainfo": {"version": "%s"}}, {"table": {"family": "ip6", "name": "filter", "handle": 7%s}}]}'"""
        .formatted(version, flags);
  }

  @Test
  void a_table_that_was_told_to_sleep_is_found() throws IOException {
    var asleep = Map.of(Family.IPV6, Set.of("filter"));
    assertThat(asleep(tables("1.1.3", ", \"flags\": \"dormant\""), "flags dormant"))
        .isEqualTo(asleep);
    assertThat(asleep(tables("1.1.3", ", \"flags\": [\"owner\"]"), "flags owner,dormant"))
        .isEqualTo(asleep);
  }

  @Test
  void an_nft_that_keeps_flags_back_or_aborts_is_not_believed() throws IOException {
    var asleep = Map.of(Family.IPV6, Set.of("filter"));
    assertThat(asleep(tables("1.0.6", ""), "flags dormant")).isEqualTo(asleep);
    assertThat(asleep("kill -ABRT $$", "flags dormant")).isEqualTo(asleep);
  }

  @Test
  void no_table_is_read_where_none_has_flags_and_other_flags_are_no_matter() throws IOException {
    assertThat(asleep(tables("1.1.3", ""), "flags dormant")).isEmpty();
    assertThat(asleep(tables("1.1.3", ", \"flags\": \"owner\""), "flags owner # x")).isEmpty();
  }
}
