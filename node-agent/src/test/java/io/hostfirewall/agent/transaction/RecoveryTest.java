package io.hostfirewall.agent.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process dies, and the next one starts. */
class RecoveryTest {

  private static final Duration TRIAL = Duration.ofSeconds(30);
  private static final String THIS_BOOT = "boot-1";

  @TempDir private Path folder;

  private MemoryKernel kernel = new MemoryKernel();

  /** The end of a process, wherever it is. */
  private static final class Death extends Error {
    private static final long serialVersionUID = 1;
  }

  private final AtomicBoolean dead = new AtomicBoolean();

  private Transaction transaction(Path state, String boot) {
    return transaction(
        new Mortal(new DiskJournal(new StateFolder(state), boot), (step, wanted) -> dead.get()));
  }

  private Transaction transaction(Journal journal) {
    return new Transaction(
        kernel.kernel(),
        FormerRules.none(),
        Clock.systemUTC(),
        Proof.none(),
        WarmUp.none(),
        journal,
        seen -> {});
  }

  private static Wanted wanted(int port) {
    var plain = Examples.wantedOfSeveral(port);
    var nodes =
        new IpSet(
            "hfw4-a-0123456789ab",
            IpSet.Type.NETWORKS,
            Family.IPV4,
            List.of(Cidr.parse("192.0.2." + port % 256 + "/32").setEntry()));
    return new Wanted(
        plain.rules(), List.of(nodes), List.of(), NodeFacts.Door.NONE, false, plain.revision());
  }

  private String judges() {
    return kernel.judge(Family.IPV4) + " " + kernel.judge(Family.IPV6);
  }

  private void die(int call) {
    var count = new AtomicInteger();
    kernel.refuse(
        asked -> {
          if (count.incrementAndGet() >= call) {
            dead.set(true);
            throw new Death();
          }
          return false;
        });
  }

  /** How many calls an edit takes. */
  private int calls() {
    kernel = new MemoryKernel();
    var work = transaction(folder.resolve("count"), THIS_BOOT);
    work.apply(wanted(80), TRIAL);
    var before = kernel.calls().size();
    work.apply(wanted(443), TRIAL);
    return kernel.calls().size() - before;
  }

  private void attempt(Runnable work) {
    try {
      work.run();
    } catch (Death | IllegalStateException e) {
      // It is dead.
    }
    rise();
  }

  private void rise() {
    dead.set(false);
    kernel.refuse(call -> false);
  }

  @Test
  void wherever_a_process_dies_the_next_one_finds_one_rule_set_and_leaves_no_other()
      throws KernelException {
    var calls = calls();
    assertThat(calls).isGreaterThan(10);
    for (var death = 1; death <= calls; death++) {
      kernel = new MemoryKernel();
      var state = folder.resolve("state-" + death);
      var first = transaction(state, THIS_BOOT);
      first.apply(wanted(80), TRIAL);
      var old = judges();
      die(death);
      attempt(() -> first.apply(wanted(443), TRIAL));

      var next = transaction(state, THIS_BOOT);
      var recovered = next.recover().orElseThrow();

      assertThat(recovered.outcome()).as("death %d", death).isNotInstanceOf(Outcome.Refused.class);
      assertThat(next.heal(recovered.wanted())).isEqualTo(new Outcome.Unchanged());
      assertNothingLeftOver(recovered.wanted(), death);
      assertThat(recovered.wanted().rules()).isIn(wanted(80).rules(), wanted(443).rules());
      assertThat(judges().equals(old))
          .as("death %d", death)
          .isEqualTo(recovered.wanted().revision().equals("hfr-80"));
      assertThat(kernel.set("hfw4-trial")).isEmpty();
      assertThat(next.apply(wanted(443), TRIAL))
          .isInstanceOfAny(Outcome.Applied.class, Outcome.Unchanged.class, Outcome.Healed.class);
      assertThat(next.apply(wanted(443), TRIAL)).isEqualTo(new Outcome.Unchanged());
    }
  }

  @Test
  void wherever_a_process_dies_the_same_rules_leave_nothing_of_others_when_applied_again() {
    var calls = calls();
    for (var death = 1; death <= calls; death++) {
      for (var again : List.of(wanted(80), wanted(443))) {
        kernel = new MemoryKernel();
        var state = folder.resolve("again-" + death + again.revision());
        var first = transaction(state, THIS_BOOT);
        first.apply(wanted(80), TRIAL);
        die(death);
        attempt(() -> first.apply(wanted(443), TRIAL));

        assertThat(transaction(state, THIS_BOOT).apply(again, TRIAL))
            .isInstanceOfAny(Outcome.Applied.class, Outcome.Unchanged.class, Outcome.Healed.class);

        assertNothingLeftOver(again, death);
      }
    }
  }

  private void assertNothingLeftOver(Wanted wanted, int death) {
    var needed = Stream.concat(wanted.sets().stream().map(IpSet::name), Trial.sets()).toList();
    assertThat(wanted.rules()).as("control").allMatch(rules -> !rules.sets().isEmpty());
    assertThat(kernel.setNames()).as("death %d", death).isSubsetOf(needed);
  }

  /** The journal of a process that dies before it writes some of its lines, and writes no more. */
  private record Mortal(Journal disk, BiPredicate<Step, Wanted> dies) implements Journal {

    @Override
    public void next(Step step, Wanted wanted) {
      if (dies.test(step, wanted)) {
        throw new Death();
      }
      disk.next(step, wanted);
    }

    @Override
    public void changed(Wanted confirmed) {
      disk.changed(confirmed);
    }

    @Override
    public void trialWasConfirmed() {
      disk.trialWasConfirmed();
    }

    @Override
    public Optional<Wanted> confirmed(boolean trialWasConfirmed) {
      return disk.confirmed(trialWasConfirmed);
    }
  }

  @Test
  void wherever_its_successor_dies_in_turn_the_next_one_knows_what_was_confirmed()
      throws KernelException {
    var deaths = 0;
    for (var died = true; died; deaths++) {
      var state = folder.resolve("twice-" + deaths);
      kernel = new MemoryKernel();
      transaction(state, THIS_BOOT).apply(wanted(80), TRIAL);
      var disk = new DiskJournal(new StateFolder(state), THIS_BOOT);
      var first =
          transaction(
              new Mortal(
                  disk,
                  (step, wanted) ->
                      step == Journal.Step.TIDY && wanted.revision().equals("hfr-443")));
      attempt(() -> first.apply(wanted(443), TRIAL));
      die(deaths + 1);
      died = diesRecovering(transaction(state, THIS_BOOT));

      var recovered = transaction(state, THIS_BOOT).recover();

      assertThat(recovered.map(last -> last.wanted().revision()))
          .as("death %d", deaths + 1)
          .contains("hfr-443");
    }
    assertThat(deaths).isGreaterThan(3);
  }

  private boolean diesRecovering(Transaction transaction) throws KernelException {
    try {
      var _ = transaction.recover();
      return false;
    } catch (Death | IllegalStateException e) {
      return true;
    } finally {
      rise();
    }
  }

  @Test
  void wherever_the_plug_is_pulled_one_rule_set_is_loaded_after_the_boot() throws KernelException {
    var calls = calls();
    var found = new TreeSet<String>();
    for (var death = 1; death <= calls; death++) {
      kernel = new MemoryKernel();
      var state = folder.resolve("plug-" + death);
      var first = transaction(state, THIS_BOOT);
      first.apply(wanted(80), TRIAL);
      die(death);
      attempt(() -> first.apply(wanted(443), TRIAL));

      kernel = new MemoryKernel();
      var next = transaction(state, "boot-2");
      var recovered = next.recover().orElseThrow();

      assertThat(recovered.outcome()).as("death %d", death).isInstanceOf(Outcome.Healed.class);
      assertThat(next.heal(recovered.wanted())).isEqualTo(new Outcome.Unchanged());
      assertThat(judges()).as("death %d", death).isNotEqualTo(" ");
      assertThat(kernel.set("hfw4-a-0123456789ab")).isNotEmpty();
      found.add(recovered.wanted().revision());
    }
    assertThat(found).containsExactly("hfr-443", "hfr-80");
  }

  @Test
  void what_somebody_flushed_while_nobody_looked_is_put_back() throws KernelException {
    transaction(folder, THIS_BOOT).apply(wanted(80), TRIAL);
    var judges = judges();
    kernel.flush(Family.IPV4, "filter");

    var recovered = transaction(folder, THIS_BOOT).recover().orElseThrow();

    assertThat(recovered.outcome()).isInstanceOf(Outcome.Healed.class);
    assertThat(recovered.wanted()).isEqualTo(wanted(80));
    assertThat(judges()).isEqualTo(judges);
  }

  @Test
  void a_family_that_the_node_has_no_more_is_not_missed() throws KernelException {
    var both =
        new Wanted(
            wanted(80).rules(),
            Stream.of(Family.values())
                .map(
                    family ->
                        new IpSet(
                            SetNames.addressSet(family, "office"),
                            IpSet.Type.NETWORKS,
                            family,
                            List.of()))
                .toList(),
            List.of(),
            NodeFacts.Door.NONE,
            false,
            "hfr-80");
    transaction(folder, THIS_BOOT).apply(both, TRIAL);
    var judge = kernel.judge(Family.IPV4);

    kernel = new MemoryKernel();
    kernel.families(Family.IPV4);
    var next = transaction(folder, "boot-2");
    var recovered = next.recover().orElseThrow();

    assertThat(recovered.outcome()).isInstanceOf(Outcome.Healed.class);
    assertThat(recovered.wanted().rules()).containsExactly(both.rules(Family.IPV4).orElseThrow());
    assertThat(recovered.wanted().liveSets()).containsExactly(both.liveSets().getFirst());
    assertThat(kernel.judge(Family.IPV4)).isEqualTo(judge);
    assertThat(kernel.chain(Family.IPV6, "filter", "INPUT")).isEmpty();
    assertThat(next.heal(recovered.wanted())).isEqualTo(new Outcome.Unchanged());
    assertThat(transaction(folder, "boot-2").recover().map(Transaction.Recovered::wanted))
        .as("by the next one")
        .contains(recovered.wanted());
  }

  @Test
  void nothing_is_taken_away_where_only_families_are_confirmed_that_the_node_has_no_more()
      throws KernelException {
    var six =
        new Wanted(
            wanted(80).rules(Family.IPV6).stream().toList(),
            List.of(),
            List.of(),
            NodeFacts.Door.NONE,
            false,
            "hfr-80");
    transaction(folder, THIS_BOOT).apply(six, TRIAL);
    var sets = kernel.setNames();
    kernel.families(Family.IPV4);

    assertThat(transaction(folder, THIS_BOOT).recover()).isEmpty();
    assertThat(kernel.setNames()).isEqualTo(sets);
  }

  @Test
  void without_a_journal_nothing_is_put_back() throws KernelException {
    transaction(folder, THIS_BOOT).apply(wanted(80), TRIAL);
    kernel.flush(Family.IPV4, "filter");

    assertThat(transaction(folder.resolve("another"), THIS_BOOT).recover()).isEmpty();
    assertThat(kernel.judge(Family.IPV4)).isEmpty();
  }

  @Test
  void sets_that_went_on_changing_are_not_turned_back() throws KernelException, IOException {
    transaction(folder, THIS_BOOT).apply(wanted(80), TRIAL);
    kernel.restore("add hfw4-a-0123456789ab 192.0.2.99\n");

    var recovered = transaction(folder, THIS_BOOT).recover().orElseThrow();

    assertThat(recovered.outcome()).isEqualTo(new Outcome.Unchanged());
    assertThat(kernel.set("hfw4-a-0123456789ab")).contains("192.0.2.99");

    kernel.restore("flush hfw4-a-0123456789ab\n");
    transaction(folder, THIS_BOOT).recover();
    assertThat(kernel.set("hfw4-a-0123456789ab")).isNotEmpty();
  }

  @Test
  void rules_that_stand_are_kept_when_the_journal_could_not_be_written()
      throws KernelException, IOException {
    transaction(folder, THIS_BOOT).apply(wanted(80), TRIAL);
    var stale = Files.readAllBytes(folder.resolve("journal"));
    transaction(folder, THIS_BOOT).apply(wanted(443), TRIAL);
    var judges = judges();
    Files.write(folder.resolve("journal"), stale);

    assertThat(transaction(folder, THIS_BOOT).recover().map(Transaction.Recovered::wanted))
        .isIn(Optional.empty());
    assertThat(judges()).isEqualTo(judges);
  }

  @Test
  void a_boot_restores_what_was_written_down_last_when_the_disk_was_full_later()
      throws KernelException, IOException {
    transaction(folder, THIS_BOOT).apply(wanted(80), TRIAL);
    var judges = judges();
    try (var groups = Files.list(folder.resolve("saved"))) {
      var group = groups.findFirst().orElseThrow();
      Files.move(folder.resolve("saved"), folder.resolve("aside"));
      Files.writeString(folder.resolve("saved"), "full");
      assertThat(transaction(folder, THIS_BOOT).apply(wanted(443), TRIAL))
          .isInstanceOf(Outcome.Applied.class);
      Files.delete(folder.resolve("saved"));
      Files.move(folder.resolve("aside"), folder.resolve("saved"));
      assertThat(group).exists();
    }

    kernel = new MemoryKernel();
    var recovered = transaction(folder, "boot-2").recover().orElseThrow();

    assertThat(recovered.wanted()).isEqualTo(wanted(80));
    assertThat(judges()).isEqualTo(judges);
  }

  @Test
  void a_damaged_journal_and_damaged_rules_change_nothing() throws IOException, KernelException {
    transaction(folder, THIS_BOOT).apply(wanted(80), TRIAL);
    var judges = judges();
    for (var damage : List.of("journal", "saved")) {
      try (Stream<Path> files = Files.walk(folder.resolve(damage))) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          Files.writeString(file, "garbage");
        }
      }
      assertThat(transaction(folder, THIS_BOOT).recover()).as(damage).isEmpty();
      assertThat(judges()).isEqualTo(judges);
      assertThat(transaction(folder, THIS_BOOT).apply(wanted(80), TRIAL))
          .isEqualTo(new Outcome.Unchanged());
      assertThat(transaction(folder, THIS_BOOT).recover()).as(damage + " again").isPresent();
    }
  }

  @Test
  void a_journal_that_cannot_be_written_hinders_nothing() throws IOException {
    Files.writeString(folder.resolve("file"), "");
    var work = transaction(folder.resolve("file"), THIS_BOOT);

    assertThat(work.apply(wanted(80), TRIAL)).isInstanceOf(Outcome.Applied.class);
    assertThat(work.apply(wanted(443), TRIAL)).isInstanceOf(Outcome.Applied.class);
  }
}
