package io.hostfirewall.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hostfirewall.ruleset.model.Family;
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

  private Map<Family, Set<String>> asleep(String printed) throws Exception {
    var nft = folder.resolve("nft.sh");
    Files.writeString(nft, "cat <<'END'\n" + printed + "END\n");
    return new NftTables(new Commands(List.of("sh", nft.toString()))).asleep();
  }

  @Test
  void tables_that_were_told_to_sleep_are_found() throws Exception {
    var printed =
        """
        # Warning: table ip raw is managed by iptables-nft, do not touch!
        table ip raw {
        	chain PREROUTING {
        		type filter hook prerouting priority raw; policy accept;
        	}
        }
        table ip filter {
        	flags dormant
        }
        table ip6 raw {
        	flags owner,dormant
        	chain PREROUTING {
        	}
        }
        table ip6 filter { # progname x
        	flags dormant
        }
        """;

    assertThat(asleep(printed))
        .isEqualTo(Map.of(Family.IPV4, Set.of("filter"), Family.IPV6, Set.of("raw", "filter")));
  }

  @Test
  void other_flags_and_rules_are_no_matter() throws Exception {
    var printed =
        """
        table ip filter { # progname x
        	flags owner,persist
        	chain INPUT {
        		comment "flags dormant"
        	}
        }
        table ip6 filter {
        	comment "flags dormant"
        }
        """;

    assertThat(asleep(printed)).isEmpty();
  }

  @Test
  void an_nft_that_reads_from_no_pipe_or_breaks_off_is_asked_for_one_after_the_other()
      throws Exception {
    var nft = folder.resolve("nft.sh");
    Files.writeString(
        nft,
        """
        case "$*" in
          *--interactive*) echo 'table ip filter {'; kill -ABRT $$ ;;
          '--terse list table ip6 filter') printf 'table ip6 filter {\\n\\tflags dormant\\n' ;;
          *) exit 1 ;;
        esac
        """);

    var asleep =
        new NftTables(new Commands(List.of("sh", "-c", "shift; sh " + nft + " \"$@\"", "x")));

    assertThat(asleep.asleep()).isEqualTo(Map.of(Family.IPV6, Set.of("filter")));
  }

  @Test
  void what_cannot_be_asked_is_not_known_and_asked_again() throws Exception {
    assertThat(asleep("")).isEmpty();
    var missing = new NftTables(new Commands(List.of("/no/such/program")));

    assertThatThrownBy(missing::asleep).isInstanceOf(KernelException.class);
  }

  @Test
  void a_kernel_that_tells_nothing_is_no_kernel_without_sleeping_tables() throws Exception {
    var nft = folder.resolve("nft.sh");
    Files.writeString(nft, "echo 'Error: Could not process rule: Operation not permitted' >&2\n");
    var refused = new NftTables(new Commands(List.of("sh", nft.toString())));
    assertThatThrownBy(refused::asleep).hasMessageContaining("Operation not permitted");

    Files.writeString(nft, "echo 'Error: No such file or directory' >&2\n");
    assertThat(refused.asleep()).isEmpty();
  }
}
