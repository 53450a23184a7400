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
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
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

  private static void delete(Path path) throws IOException {
    try (var inside = Files.walk(path)) {
      for (var file : inside.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Everything, or the journal, or a text of the rules alone. */
  private List<Path> losses() throws IOException {
    var group = group();
    return List.of(
        folder,
        folder.resolve("journal"),
        folder.resolve("saved"),
        group.resolve("ipset"),
        group.resolve("ipv4"),
        group.resolve("ipv6"));
  }

  @Test
  void what_somebody_took_away_is_written_again_when_it_is_seen_to_stand() throws IOException {
    var confirmed = wanted(80, "192.0.2.1");
    confirm(confirmed);
    journal.changed(confirmed);
    for (var lost : losses()) {
      delete(lost);
      journal.changed(confirmed);
      assertThat(next()).as("%s, healed", lost).isEqualTo(confirmed);
      assertThat(lost).exists();

      delete(lost);
      journal.next(Step.DONE, confirmed);
      assertThat(next()).as("%s, applied", lost).isEqualTo(confirmed);
      assertThat(lost).exists();
    }
    assertThat(journal.problem()).isEmpty();
  }

  @Test
  void what_is_in_order_is_not_written_again() throws IOException {
    var confirmed = wanted(80, "192.0.2.1");
    confirm(confirmed);
    var line = Files.readAllBytes(folder.resolve("journal"));

    journal.changed(confirmed);
    journal.next(Step.DONE, confirmed);

    assertThat(folder.resolve("journal")).hasBinaryContent(line);
  }

  @Test
  void that_what_was_taken_away_cannot_be_written_again_is_said() throws IOException {
    var confirmed = wanted(80, "192.0.2.1");
    confirm(confirmed);
    delete(folder);
    Files.writeString(folder, "");

    journal.changed(confirmed);

    assertThat(journal.problem()).contains("cannot be written down");
  }

  @Test
  void rules_that_were_saved_when_no_family_had_an_empty_text_are_read_and_saved_anew()
      throws IOException {
    var plain = wanted(80, "192.0.2.1");
    var confirmed =
        new Wanted(
            plain.rules(Family.IPV4).stream().toList(),
            plain.liveSets(),
            List.of(),
            NodeFacts.Door.NONE,
            false,
            plain.revision());
    confirm(confirmed);
    Files.delete(group().resolve("ipv6"));
    journal = journal();
    assertThat(next()).isEqualTo(confirmed);

    journal.changed(confirmed);

    assertThat(group().resolve("ipv6")).exists();
    assertThat(next()).isEqualTo(confirmed);
  }

  @Test
  void sets_alone_are_no_saved_rules() throws IOException {
    var confirmed = wanted(80, "192.0.2.1");
    confirm(confirmed);
    for (var name : List.of("ipv4", "ipv6")) {
      Files.delete(group().resolve(name));
    }
    journal = journal();

    journal.next(Step.DONE, confirmed);

    assertThat(next()).isEqualTo(confirmed);
  }

  /** The journal of a machine that may lose its power: what is on its disk is a file beside. */
  private DiskJournal journalOn(Path disk) {
    return new DiskJournal(
        new StateFolder(folder),
        THIS_BOOT,
        file ->
            (line, durable) -> {
              file.write(line, durable);
              if (durable) {
                Files.copy(folder.resolve("journal"), disk, StandardCopyOption.REPLACE_EXISTING);
              }
            });
  }

  @Test
  void whenever_the_plug_is_pulled_the_line_on_the_disk_names_what_is_saved() throws IOException {
    var disk = temporary.resolve("disk");
    journal = journalOn(disk);
    var plain = wanted(80, "192.0.2.1");
    confirm(plain);
    var renamed =
        new Wanted(
            plain.rules(), plain.liveSets(), List.of(), NodeFacts.Door.NONE, false, "hfr-other");

    journal.next(Step.DONE, renamed); // As a healing does: no rule of this node changed.
    Files.copy(disk, folder.resolve("journal"), StandardCopyOption.REPLACE_EXISTING);

    assertThat(journal().confirmed(false)).contains(renamed);
  }

  @Test
  void a_line_that_was_taken_away_comes_back_to_the_disk() throws IOException {
    var disk = temporary.resolve("disk");
    journal = journalOn(disk);
    confirm(wanted(80, "192.0.2.1"));
    Files.delete(disk);
    Files.delete(folder.resolve("journal"));

    journal.changed(wanted(80, "192.0.2.1"));

    assertThat(disk).exists();
  }
}
