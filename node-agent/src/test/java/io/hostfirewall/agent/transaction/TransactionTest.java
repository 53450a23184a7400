package io.hostfirewall.agent.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TransactionTest {

  private static final Duration TRIAL = Duration.ofSeconds(30);
  private static final String FOREIGN = "-s 192.0.2.1/32 -j ACCEPT";

  private final MemoryKernel kernel = new MemoryKernel();
  private final Transaction transaction =
      new Transaction(kernel.kernel(), Clock.systemUTC(), Proof.none());

  private Outcome apply(int port) {
    return transaction.apply(Examples.wanted(port), TRIAL);
  }

  private static String onlyJudge(MemoryKernel kernel) {
    var judges =
        List.of(Family.values()).stream().map(family -> kernel.judge(family)).distinct().toList();
    return String.join(" ", judges);
  }

  @Test
  void the_new_rules_are_loaded_switched_proven_confirmed_and_the_old_ones_tidied_away() {
    apply(80);
    var before = kernel.calls().size();

    assertThat(apply(443)).isInstanceOf(Outcome.Applied.class);

    var steps = kernel.calls().stream().skip(before).map(TransactionTest::step).distinct().toList();
    assertThat(steps)
        .containsExactly(
            "read", "stage sets", "load", "switch", "confirm", "tidy", "end", "destroy");
    assertThat(kernel.chainNames(Family.IPV4, "filter"))
        .allMatch(
            chain ->
                !chain.startsWith("HFW-") || chain.endsWith(generation()) || isDispatcher(chain));
    assertThat(kernel.set("hfw4-trial")).isEmpty();
  }

  private String generation() {
    var judge = kernel.judge(Family.IPV4);
    return judge.substring(judge.lastIndexOf('-'));
  }

  private static boolean isDispatcher(String chain) {
    return List.of("HFW-INPUT", "HFW-FORWARD", "HFW-RAW").contains(chain);
  }

  private static String step(String call) {
    if (call.startsWith("save")) {
      return "read";
    }
    if (call.startsWith("restore")) {
      var guarded = call.contains("match-set hfw4-trial") || call.contains("match-set hfw6-trial");
      return guarded && !call.contains("-D HFW-") ? "load" : "tidy";
    }
    if (call.contains("create")) {
      return "stage sets";
    }
    if (call.contains("destroy")) {
      return "destroy";
    }
    if (call.contains("flush")) {
      return "end";
    }
    return call.contains("del hfw4-lease") ? "confirm" : "switch";
  }

  @Test
  void a_table_with_our_rules_that_was_told_to_sleep_is_woken_once_somebody_asks() {
    apply(80);
    kernel.sleep(Family.IPV4, "filter");
    kernel.sleep(Family.IPV6, "raw");
    assertThat(transaction.heal(Examples.wanted(80)))
        .as("control: rules do not show it")
        .isInstanceOf(Outcome.Unchanged.class);

    transaction.kernel().tableChanged();

    assertThat(transaction.heal(Examples.wanted(80)))
        .isInstanceOfSatisfying(
            Outcome.Healed.class,
            healed ->
                assertThat(healed.sentence())
                    .startsWith("IPv4: no packet meets the rules of table filter")
                    .endsWith("and 1 more"));
    assertThat(kernel.asleep()).isEmpty();
    assertThat(transaction.heal(Examples.wanted(80))).isInstanceOf(Outcome.Unchanged.class);
  }

  @Test
  void new_rules_wake_the_table_in_which_the_old_ones_slept() {
    apply(80);
    kernel.sleep(Family.IPV4, "filter");
    transaction.kernel().tableChanged();

    assertThat(apply(443)).isInstanceOf(Outcome.Applied.class);
    assertThat(kernel.asleep()).isEmpty();
  }

  @Test
  void a_table_that_slept_before_us_sleeps_on_and_nothing_is_said_to_be_applied() {
    kernel.sleep(Family.IPV6, "filter");

    assertThat(apply(80))
        .isInstanceOfSatisfying(
            Outcome.RolledBack.class,
            rolledBack ->
                assertThat(rolledBack.reason()).contains("nft add table ip6 filter wakes it"));
    assertThat(kernel.asleep()).containsOnlyKeys(Family.IPV6);
    assertThat(kernel.chainNames(Family.IPV6, "filter")).noneMatch(c -> c.startsWith("HFW-"));
  }

  @Test
  void rules_that_sleep_can_be_taken_away() {
    apply(80);
    kernel.sleep(Family.IPV4, "filter");
    transaction.kernel().tableChanged();

    assertThat(transaction.apply(Wanted.nothing(), TRIAL)).isInstanceOf(Outcome.Applied.class);
    assertThat(kernel.asleep()).as("as somebody wanted it").containsOnlyKeys(Family.IPV4);
  }

  private static final String OFFICE = SetNames.addressSet(Family.IPV4, "office");

  /** A set of so many networks, none of which touches another. */
  private static Wanted withOffice(int networks) {
    var office =
        IntStream.range(0, networks)
            .mapToObj(i -> Cidr.parse("10.%d.%d.0/25".formatted(i / 256, i % 256)))
            .toList();
    return Wanted.of(
        PolicyMerge.merge(List.of(Examples.openingTo("office"))),
        NodeFacts.standAlone(),
        Map.of("office", office),
        List.of(Family.values()),
        "hfr-office");
  }

  @Test
  void one_network_more_is_one_line_and_is_looked_at_afterwards() {
    transaction.apply(withOffice(2000), TRIAL);
    var before = kernel.calls().size();

    assertThat(transaction.edit(withOffice(2000), withOffice(2001)))
        .isInstanceOf(Outcome.Healed.class);

    assertThat(kernel.calls().get(before))
        .isEqualTo("sets\nadd %s 10.7.208.0/25\n".formatted(OFFICE));
    assertThat(kernel.calls().stream().skip(before + 1)).allMatch(call -> call.startsWith("save"));
    assertThat(kernel.set(OFFICE)).hasSize(2001);
  }

  @Test
  void many_networks_at_once_are_filled_in_beside_and_take_the_place() {
    transaction.apply(withOffice(10), TRIAL);
    var before = kernel.calls().size();

    assertThat(transaction.edit(withOffice(10), withOffice(3000)))
        .isInstanceOf(Outcome.Healed.class);

    assertThat(kernel.set(OFFICE)).hasSize(3000);
    assertThat(kernel.setNames()).doesNotContain(SetNames.spare(OFFICE));
    assertThat(kernel.calls().stream().skip(before))
        .anyMatch(call -> call.contains("swap"))
        .noneMatch(call -> call.contains("add " + OFFICE) || call.contains("flush " + OFFICE));
  }

  @Test
  void what_a_process_that_died_left_of_a_filling_is_in_nobodys_way() throws KernelException {
    transaction.apply(withOffice(10), TRIAL);
    kernel.restore("create %s hash:net family inet\n".formatted(SetNames.spare(OFFICE)));

    assertThat(transaction.edit(withOffice(10), withOffice(3000)))
        .isInstanceOf(Outcome.Healed.class);

    assertThat(kernel.set(OFFICE)).hasSize(3000);
    assertThat(kernel.setNames()).doesNotContain(SetNames.spare(OFFICE));
  }

  @Test
  void an_edit_of_a_set_that_somebody_emptied_fills_it_again() throws KernelException {
    transaction.apply(withOffice(10), TRIAL);
    kernel.restore("flush " + OFFICE + "\n");

    assertThat(transaction.edit(withOffice(10), withOffice(9))).isInstanceOf(Outcome.Healed.class);

    assertThat(kernel.set(OFFICE)).hasSize(9);
  }

  @Test
  void what_is_enforced_already_is_left_alone() {
    apply(80);

    assertThat(apply(80)).isEqualTo(new Outcome.Unchanged());
  }

  @Test
  void whichever_call_fails_the_old_rules_decide_unless_the_new_ones_were_confirmed() {
    var calls = countCalls();
    for (var failing = 1; failing <= calls; failing++) {
      var tried = new MemoryKernel();
      tried.append(Family.IPV4, "filter", "INPUT", FOREIGN);
      var work = new Transaction(tried.kernel(), Clock.systemUTC(), Proof.none());
      work.apply(Examples.wanted(80), TRIAL);
      var old = tried.judge(Family.IPV4) + " " + tried.judge(Family.IPV6);
      failOnce(tried, failing);

      var outcome = work.apply(Examples.wanted(443), TRIAL);

      var now = tried.judge(Family.IPV4) + " " + tried.judge(Family.IPV6);
      if (outcome instanceof Outcome.Applied) {
        assertThat(now).as("call %d", failing).isNotEqualTo(old);
      } else {
        assertThat(now).as("call %d: %s", failing, outcome).isEqualTo(old);
      }
      tried.expire();
      assertThat(tried.judge(Family.IPV4) + " " + tried.judge(Family.IPV6))
          .as("call %d, later", failing)
          .isEqualTo(now);
      assertRecovers(tried, work, failing);
    }
  }

  private static int countCalls() {
    var kernel = new MemoryKernel();
    var work = new Transaction(kernel.kernel(), Clock.systemUTC(), Proof.none());
    work.apply(Examples.wanted(80), TRIAL);
    var before = kernel.calls().size();
    work.apply(Examples.wanted(443), TRIAL);
    return kernel.calls().size() - before;
  }

  private static void failOnce(MemoryKernel kernel, int which) {
    var count = new AtomicInteger();
    kernel.refuse(call -> count.incrementAndGet() == which);
  }

  private static void assertRecovers(MemoryKernel kernel, Transaction work, int failing) {
    kernel.refuse(call -> false);
    work.apply(Examples.wanted(443), TRIAL);
    assertThat(work.apply(Examples.wanted(443), TRIAL))
        .as("after call %d failed", failing)
        .isEqualTo(new Outcome.Unchanged());
    assertThat(kernel.chain(Family.IPV4, "filter", "INPUT")).contains(FOREIGN);
  }

  @Test
  void a_refused_first_load_leaves_nothing_behind() {
    kernel.refuse(call -> step(call).equals("load"));

    assertThat(apply(80)).isInstanceOf(Outcome.Refused.class);

    assertThat(kernel.setNames()).isEmpty();
    assertThat(kernel.chainNames(Family.IPV4, "filter")).noneMatch(c -> c.startsWith("HFW-"));
  }

  @Test
  void a_process_that_dies_on_trial_leaves_it_to_the_kernel_and_the_next_one_settles() {
    apply(80);
    var old = onlyJudge(kernel);
    kernel.refuse(call -> call.contains("del hfw4-lease") || call.contains("flush hfw4-trial"));
    apply(443);
    assertThat(onlyJudge(kernel)).as("on trial").isNotEqualTo(old);

    kernel.expire();
    assertThat(onlyJudge(kernel)).as("expired").isEqualTo(old);

    kernel.refuse(call -> false);
    assertThat(apply(80)).isEqualTo(new Outcome.Unchanged());
  }

  @Test
  void what_was_confirmed_and_not_tidied_stays() throws KernelException {
    apply(80);
    var old = onlyJudge(kernel);
    kernel.refuse(call -> step(call).equals("tidy") || step(call).equals("end"));
    assertThat(apply(443)).isInstanceOf(Outcome.Applied.class);
    assertThat(onlyJudge(kernel)).isNotEqualTo(old);
    var chosen = onlyJudge(kernel);

    kernel.refuse(call -> false);
    transaction.settle();

    assertThat(onlyJudge(kernel)).isEqualTo(chosen);
    assertThat(apply(443)).isIn(new Outcome.Unchanged());
  }

  @Test
  void a_rule_that_disappears_during_the_trial_ends_it() {
    apply(80);
    var old = onlyJudge(kernel);
    kernel.refuse(
        call -> {
          if (step(call).equals("switch")) {
            kernel.chain(Family.IPV6, "filter", "INPUT").clear();
          }
          return false;
        });

    assertThat(apply(443))
        .isEqualTo(
            new Outcome.RolledBack(
                Outcome.Why.READ_BACK, "IPv6: the new rules of table filter are not reached"));
    assertThat(kernel.judge(Family.IPV4)).isEqualTo(old.split(" ", -1)[0]);
  }

  @Test
  void a_proof_that_breaks_off_ends_the_trial_at_once() {
    apply(80);
    var old = onlyJudge(kernel);
    var sets = kernel.setNames();
    var tried = new ArrayList<String>();
    Proof broken =
        wanted -> {
          tried.add(onlyJudge(kernel));
          throw new UncheckedIOException(
              "cannot read the network of this host", new IOException("too many open files"));
        };
    var work = new Transaction(kernel.kernel(), Clock.systemUTC(), broken);

    assertThat(work.apply(Examples.wanted(443), TRIAL))
        .isInstanceOfSatisfying(
            Outcome.RolledBack.class,
            rolledBack -> {
              assertThat(rolledBack.why()).isEqualTo(Outcome.Why.APPLY_ERROR);
              assertThat(rolledBack.reason()).endsWith("cannot read the network of this host");
            });

    assertThat(tried).as("control: it was on trial").hasSize(1).doesNotContain(old);
    assertThat(onlyJudge(kernel)).isEqualTo(old);
    assertThat(kernel.setNames()).isEqualTo(sets);
    assertThat(apply(80)).as("nothing is left to settle").isEqualTo(new Outcome.Unchanged());
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void a_flush_is_healed_without_a_trial(Family family) {
    apply(80);
    var judge = onlyJudge(kernel);
    kernel.append(family, "filter", "FORWARD", FOREIGN);
    kernel.flush(family, "filter");
    var before = kernel.calls().size();

    assertThat(transaction.heal(Examples.wanted(80))).isInstanceOf(Outcome.Healed.class);

    assertThat(onlyJudge(kernel)).isEqualTo(judge);
    assertThat(kernel.calls().stream().skip(before)).noneMatch(call -> step(call).equals("switch"));
    assertThat(transaction.heal(Examples.wanted(80))).isEqualTo(new Outcome.Unchanged());
  }

  @Test
  void wanting_nothing_leaves_nothing_of_ours_and_everything_of_others() {
    kernel.append(Family.IPV4, "filter", "INPUT", FOREIGN);
    apply(80);

    assertThat(transaction.apply(Wanted.nothing(), TRIAL)).isInstanceOf(Outcome.Applied.class);

    assertThat(kernel.setNames()).isEmpty();
    assertThat(kernel.chainNames(Family.IPV4, "filter")).noneMatch(c -> c.startsWith("HFW-"));
    assertThat(kernel.chain(Family.IPV4, "filter", "INPUT")).containsExactly(FOREIGN);
  }

  @Test
  void a_removal_takes_away_whatever_stands() throws KernelException {
    kernel.append(Family.IPV4, "filter", "INPUT", FOREIGN);
    apply(80);
    kernel.refuse(call -> step(call).equals("confirm") || step(call).equals("end"));
    apply(443);
    kernel.refuse(call -> false);
    var removal = new Removal(List.of(kernel.kernel()));

    assertThat(removal.remove()).contains("Removed the IPv4 rules");

    assertThat(kernel.setNames()).isEmpty();
    assertThat(kernel.chain(Family.IPV4, "filter", "INPUT")).containsExactly(FOREIGN);
    assertThat(removal.remove()).isEqualTo("Nothing of ours stood in the kernel.\n");
  }

  @Test
  void what_stands_names_itself() throws KernelException {
    apply(80);
    var now = kernel.kernel().observe();

    assertThat(ReadBack.hash(now, List.of(Family.values()))).isEqualTo(Examples.wanted(80).hash());
    assertThat(ReadBack.drift(now.rules(Family.IPV4))).isEmpty();

    kernel.chain(Family.IPV4, "filter", kernel.judge(Family.IPV4)).removeFirst();
    assertThat(ReadBack.drift(kernel.kernel().observe().rules(Family.IPV4)))
        .singleElement()
        .asString()
        .contains("table filter: the chains of generation");

    kernel.chain(Family.IPV6, "filter", "INPUT").addFirst("-p tcp -j ACCEPT");
    assertThat(ReadBack.drift(kernel.kernel().observe().rules(Family.IPV6)))
        .containsExactly(
            "rule 1 of chain INPUT (-A INPUT -p tcp -j ACCEPT, not ours) accepts before HFW-INPUT is reached");
  }

  @Test
  void old_connections_are_waited_for_between_the_first_load_and_the_switch_and_never_again() {
    var waits = new ArrayList<String>();
    WarmUp warmUp =
        () -> {
          waits.add("look at " + judges());
          return () -> {
            waits.add("wait at " + judges());
            assertThat(kernel.chainNames(Family.IPV4, "filter"))
                .as("loaded")
                .anyMatch(chain -> chain.startsWith("HFW-"));
          };
        };
    var work =
        new Transaction(
            kernel.kernel(),
            FormerRules.none(),
            Clock.systemUTC(),
            Proof.none(),
            warmUp,
            Journal.none(),
            s -> {});

    work.apply(Examples.wanted(80), TRIAL);
    work.apply(Examples.wanted(443), TRIAL);
    work.apply(Wanted.nothing(), TRIAL);

    assertThat(waits).containsExactly("look at  ", "wait at  ");
  }

  private String judges() {
    return kernel.judge(Family.IPV4) + " " + kernel.judge(Family.IPV6);
  }
}
