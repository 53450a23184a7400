package io.hostfirewall.agent.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.agent.transaction.Journal.Step;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is on disk, and what is said of it. */
class DiskJournalTest {

  private static final String THIS_BOOT = "boot-1";

  @TempDir private Path temporary;

  private Path folder;
  private DiskJournal journal;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectory(temporary.resolve("state"));
    journal = journal();
  }

  private DiskJournal journal() {
    return new DiskJournal(new StateFolder(folder), THIS_BOOT);
  }

  private static Wanted wanted(int port, String... nodes) {
    var plain = Examples.wanted(port);
    var set = new IpSet("hfw4-a-0123456789ab", IpSet.Type.NETWORKS, Family.IPV4, List.of(nodes));
    return new Wanted(
        plain.rules(), List.of(set), List.of(), NodeFacts.Door.NONE, false, plain.revision());
  }

  /** All steps of a rule set that is confirmed. */
  private void confirm(Wanted wanted) {
    for (var step : List.of(Step.LOAD, Step.CONFIRM, Step.TIDY, Step.DONE)) {
      journal.next(step, wanted);
    }
  }

  /** What a program that starts now would enforce. */
  private Wanted next() {
    return journal().confirmed(false).orElseThrow();
  }

  /** Whatever a file is named, nothing can be written in its place. */
  private static void block(Path file) throws IOException {
    Files.createDirectories(file.resolve("in the way"));
  }

  private static void unblock(Path file) throws IOException {
    Files.delete(file.resolve("in the way"));
    Files.delete(file);
  }

  private Path group() throws IOException {
    try (var groups = Files.list(folder.resolve("saved"))) {
      return groups.findFirst().orElseThrow();
    }
  }

  @Test
  void that_sets_cannot_be_saved_is_said_until_they_are() throws IOException {
    confirm(wanted(80, "192.0.2.1"));
    assertThat(journal.problem()).isEmpty();
    var fresh = group().resolve("ipset.new");
    block(fresh);

    journal.changed(wanted(80, "192.0.2.2"));
    assertThat(journal.problem()).contains("cannot be written down");
    journal.changed(wanted(80, "192.0.2.2"));
    journal.next(Step.DONE, wanted(80, "192.0.2.2"));
    assertThat(journal.problem()).as("still").contains("cannot be written down");

    unblock(fresh);
    journal.changed(wanted(80, "192.0.2.2"));
    assertThat(journal.problem()).isEmpty();
    assertThat(next()).isEqualTo(wanted(80, "192.0.2.2"));
  }

  @Test
  void sets_that_are_again_what_was_saved_before_are_no_problem_any_more() throws IOException {
    confirm(wanted(80, "192.0.2.1"));
    var fresh = group().resolve("ipset.new");
    block(fresh);
    journal.changed(wanted(80, "192.0.2.2"));
    unblock(fresh);

    journal.changed(wanted(80, "192.0.2.1"));

    assertThat(journal.problem()).isEmpty();
    assertThat(next()).isEqualTo(wanted(80, "192.0.2.1"));
  }

  @Test
  void that_the_line_cannot_be_written_is_said_until_it_is() throws IOException {
    confirm(wanted(80, "192.0.2.1"));
    var file = folder.resolve("journal");
    var aside = folder.resolve("aside");
    Files.move(file, aside);
    block(file);
    confirm(wanted(443, "192.0.2.1"));
    assertThat(journal.problem()).contains("cannot be written down");

    journal.changed(wanted(443, "192.0.2.2"));
    assertThat(journal.problem()).as("sets alone do not help").isNotEmpty();

    unblock(file);
    Files.move(aside, file);
    journal.changed(wanted(443, "192.0.2.2"));
    assertThat(journal.problem()).isEmpty();
    assertThat(next()).isEqualTo(wanted(443, "192.0.2.2"));
  }

  @Test
  void what_was_fallen_back_to_has_its_own_sets_on_disk() {
    confirm(wanted(80, "192.0.2.1"));
    for (var step : List.of(Step.LOAD, Step.CONFIRM, Step.FALL_BACK)) {
      journal.next(step, wanted(443, "192.0.2.2"));
    }

    journal.changed(wanted(80, "192.0.2.2"));

    assertThat(next()).isEqualTo(wanted(80, "192.0.2.2"));
  }
}
