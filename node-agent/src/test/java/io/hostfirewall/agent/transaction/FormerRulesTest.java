package io.hostfirewall.agent.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.kernel.Kernel;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.ruleset.model.Family;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host uses another iptables than the one in which rules of ours stand. */
class FormerRulesTest {

  private static final Duration TRIAL = Duration.ofSeconds(30);
  private static final Wanted CONFIRMED = Examples.wanted(80);
  private static final Wanted OTHER = Examples.wanted(443);

  @TempDir private Path folder;

  private final MemoryKernel former = new MemoryKernel();
  private final MemoryKernel used = new MemoryKernel();
  private final List<String> objections = new ArrayList<>();
  private Transaction transaction;
  private String judges;

  @BeforeEach
  void change() {
    transaction(former, FormerRules.none()).apply(CONFIRMED, TRIAL);
    judges = judges(former);
    transaction = transaction(used, new FormerRules(Optional.of(kernel(former))));
  }

  /** Sets are the kernel's, whichever iptables names them. */
  private Kernel kernel(MemoryKernel iptables) {
    return new Kernel(iptables, former, List.of(Family.values()));
  }

  private Transaction transaction(MemoryKernel iptables, FormerRules left) {
    return new Transaction(
        kernel(iptables),
        left,
        Clock.systemUTC(),
        rules ->
            objections.stream()
                .findFirst()
                .map(why -> new Objection(Outcome.Why.PROBE_FAILED, why)),
        WarmUp.none(),
        new DiskJournal(new StateFolder(folder)),
        seen -> {});
  }

  private static String judges(MemoryKernel iptables) {
    return iptables.judge(Family.IPV4) + " " + iptables.judge(Family.IPV6);
  }

  private void assertLeft(MemoryKernel iptables) {
    for (var family : Family.values()) {
      for (var table : List.of("raw", "filter")) {
        assertThat(iptables.chainNames(family, table)).noneMatch(name -> name.startsWith("HFW-"));
        assertThat(iptables.chain(family, table, "INPUT")).isEmpty();
      }
    }
  }

  @Test
  void what_was_confirmed_decides_in_the_one_in_use_before_it_goes_from_the_other()
      throws KernelException {
    var deciding = new ArrayList<String>();
    former.refuse(
        call -> {
          if (call.startsWith("restore ")) {
            deciding.add(judges(used));
          }
          return false;
        });

    var recovered = transaction.recover().orElseThrow();

    assertThat(recovered.outcome()).isInstanceOf(Outcome.Healed.class);
    assertThat(deciding).containsExactly(judges, judges);
    assertThat(judges(used)).isEqualTo(judges);
    assertLeft(former);
    assertThat(transaction.heal(CONFIRMED)).isEqualTo(new Outcome.Unchanged());
  }

  @Test
  void what_the_one_in_use_refuses_goes_on_deciding_in_the_other() throws KernelException {
    used.refuse(call -> call.startsWith("restore "));

    assertThat(transaction.recover().orElseThrow().outcome()).isInstanceOf(Outcome.Refused.class);
    assertThat(transaction.apply(OTHER, TRIAL)).isInstanceOf(Outcome.Refused.class);
    assertThat(judges(former)).isEqualTo(judges);
    assertLeft(used);

    used.refuse(call -> false);
    assertThat(transaction.heal(CONFIRMED)).isInstanceOf(Outcome.Healed.class);
    assertLeft(former);
  }

  @Test
  void what_is_rolled_back_in_the_one_in_use_leaves_the_other_as_it_was() {
    objections.add("nobody answers");
    assertThat(transaction.apply(OTHER, TRIAL)).isInstanceOf(Outcome.RolledBack.class);
    assertThat(judges(former)).isEqualTo(judges);
    assertLeft(used);

    objections.clear();
    var needed = OTHER.sets().stream().map(set -> set.name()).toList();
    assertThat(transaction.apply(OTHER, TRIAL)).isInstanceOf(Outcome.Applied.class);
    assertLeft(former);
    assertThat(judges(used)).isNotEqualTo(" ").isNotEqualTo(judges);
    assertThat(former.setNames())
        .containsAll(needed)
        .allMatch(name -> needed.contains(name) || Trial.sets().anyMatch(name::equals));
  }

  @Test
  void what_could_not_be_taken_away_is_at_the_next_look() throws KernelException {
    former.refuse(call -> call.startsWith("restore "));
    assertThat(transaction.recover().orElseThrow().outcome()).isInstanceOf(Outcome.Healed.class);
    assertThat(judges(used)).isEqualTo(judges);
    assertThat(judges(former)).isEqualTo(judges);

    former.refuse(call -> false);
    assertThat(transaction.heal(CONFIRMED)).isEqualTo(new Outcome.Unchanged());
    assertLeft(former);
  }

  @Test
  void where_nothing_is_wanted_nothing_is_left() {
    transaction.apply(Wanted.nothing(), TRIAL);

    assertLeft(former);
    assertLeft(used);
    assertThat(former.setNames()).isEmpty();
    assertThat(transaction.apply(Wanted.nothing(), TRIAL)).isEqualTo(new Outcome.Unchanged());
  }
}
