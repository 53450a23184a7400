package io.hostfirewall.ruleset.trial;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.Policies;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.compile.Untracking;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.TableName;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class StepsTest {

  private static final RuleSet OLD =
      Policies.compile(Family.IPV4, Policies.worker(), Policies.WEB_SERVER);
  private static final RuleSet NEW =
      Policies.compile(Family.IPV4, Policies.worker(), "nodeSelector: {}\ningress: []\n");
  private static final RuleSet OTHER_RAW =
      Policies.compile(
          Family.IPV4,
          Policies.worker(),
          "nodeSelector: {}\nprotections: {bogusTcpFlags: Disabled}\n");

  private static final RuleSet WITH_EGRESS =
      Policies.compile(
          Family.IPV4, Policies.worker(), Policies.WEB_SERVER + "defaultActions: {egress: Deny}\n");

  private static final RuleSet WITH_ADMINISTRATORS =
      Policies.compile(
          Family.IPV4,
          Policies.administered(Untracking.READY),
          Policies.WEB_SERVER + "defaultActions: {egress: Deny}\n");

  private final RestoreSimulator kernel = new RestoreSimulator();

  private KernelState now() {
    return KernelState.read(Family.IPV4, kernel.save());
  }

  private void standing(RuleSet rules, String revision) {
    kernel.restore(Steps.fresh(Family.IPV4, rules, revision));
  }

  private void load(RuleSet rules, String revision) {
    kernel.restore(Steps.load(now(), Optional.of(rules), revision));
  }

  @Test
  void a_first_load_that_is_confirmed_leaves_the_rule_set_at_rest() {
    load(NEW, "new");
    assertThat(Verification.ofChains(now(), NEW)).isEmpty();
    assertThat(now().isOnTrial()).isTrue();

    kernel.restore(Steps.complete(now(), "new"));

    assertThat(Verification.differences(now(), NEW, "new")).isEmpty();
    assertThat(now().isOnTrial()).isFalse();
  }

  @Test
  void a_first_load_that_is_not_confirmed_leaves_nothing() {
    kernel.foreign("filter", "-A INPUT -p tcp -j ACCEPT");
    var before = kernel.save();

    load(NEW, "new");
    kernel.restore(Steps.fallBack(now()));

    assertThat(kernel.save()).isEqualTo(before);
  }

  @Test
  void a_change_that_is_confirmed_leaves_nothing_of_the_old() {
    standing(OLD, "old");

    load(NEW, "new");
    kernel.restore(Steps.complete(now(), "new"));

    assertThat(Verification.differences(now(), NEW, "new")).isEmpty();
    var fresh = new RestoreSimulator();
    fresh.restore(Steps.fresh(Family.IPV4, NEW, "new"));
    assertThat(kernel.save().lines().sorted())
        .containsExactlyElementsOf(fresh.save().lines().sorted().toList());
  }

  @Test
  void a_change_that_is_not_confirmed_leaves_everything_as_it_was() {
    standing(OLD, "old");
    var before = kernel.save();

    load(OTHER_RAW, "new");
    assertThat(kernel.save()).isNotEqualTo(before);
    kernel.restore(Steps.fallBack(now()));

    assertThat(kernel.save()).isEqualTo(before);
  }

  @Test
  void while_a_change_is_on_trial_the_old_rules_stand_untouched() {
    standing(OLD, "old");

    load(NEW, "new");

    assertThat(Verification.ofChains(now(), OLD)).isEmpty();
    assertThat(Verification.ofChains(now(), NEW)).isEmpty();
    assertThat(now().confirmedRevision()).contains("old");
  }

  @Test
  void a_table_whose_content_is_the_same_is_left_alone() {
    standing(OLD, "old");

    assertThat(Steps.load(now(), Optional.of(NEW), "new"))
        .contains("*filter")
        .doesNotContain("*raw");
    assertThat(Steps.load(now(), Optional.of(OLD), "old")).isEmpty();
  }

  @Test
  void a_load_takes_no_rule_away_and_what_ends_a_trial_writes_none() {
    standing(OLD, "old");
    assertThat(Steps.load(now(), Optional.of(OTHER_RAW), "new"))
        .doesNotContain("-D ")
        .doesNotContain(":HFW-RAW ", ":HFW-INPUT ", ":HFW-FORWARD ");

    load(OTHER_RAW, "new");

    assertThat(Steps.complete(now(), "new")).doesNotContain("-A ").doesNotContain("-I ");
    assertThat(Steps.fallBack(now())).doesNotContain("-A ").doesNotContain("-I ");
  }

  @Test
  void what_is_on_trial_is_never_taken_for_confirmed() {
    load(NEW, "new");
    kernel.foreign("filter", "-I HFW-INPUT 1 -j LOG");
    kernel.foreign("raw", "-I HFW-RAW 1 -j LOG");

    assertThat(now().confirmedRevision()).isEmpty();

    kernel.restore(Steps.fallBack(now()));
    assertThat(now().isEmpty()).isTrue();
  }

  @Test
  void a_new_name_for_the_same_rules_is_written_without_a_trial() {
    standing(OLD, "old");
    assertThat(Steps.load(now(), Optional.of(OLD), "new")).isEmpty();

    kernel.restore(Steps.complete(now(), "new"));

    assertThat(Verification.differences(now(), OLD, "new")).isEmpty();
  }

  @Test
  void a_removal_that_is_confirmed_leaves_nothing() {
    var before = kernel.save();
    standing(OLD, "old");

    kernel.restore(Steps.load(now(), Optional.empty(), ""));
    kernel.restore(Steps.complete(now(), ""));

    assertThat(kernel.save()).isEqualTo(before);
  }

  @Test
  void a_removal_that_is_not_confirmed_leaves_everything_as_it_was() {
    standing(OLD, "old");
    var before = kernel.save();

    kernel.restore(Steps.load(now(), Optional.empty(), ""));
    kernel.restore(Steps.fallBack(now()));

    assertThat(kernel.save()).isEqualTo(before);
  }

  @Test
  void the_way_out_is_entered_by_a_trial_and_left_by_one() {
    standing(OLD, "old");
    var before = kernel.save();

    load(WITH_EGRESS, "new");
    assertThat(kernel.save()).contains("-A OUTPUT ").contains("nothing before this trial");
    kernel.restore(Steps.complete(now(), "new"));
    assertThat(Verification.differences(now(), WITH_EGRESS, "new")).isEmpty();

    load(OLD, "old");
    assertThat(kernel.save()).contains("trial of nothing");
    kernel.restore(Steps.complete(now(), "old"));
    assertThat(Verification.differences(now(), OLD, "old")).isEmpty();
    assertThat(kernel.save().lines().sorted())
        .containsExactlyElementsOf(before.lines().sorted().toList());
  }

  @Test
  void a_trial_of_the_way_out_that_is_not_confirmed_leaves_everything_as_it_was() {
    standing(OLD, "old");
    var open = kernel.save();
    load(WITH_EGRESS, "new");
    kernel.restore(Steps.fallBack(now()));
    assertThat(kernel.save()).isEqualTo(open);

    load(WITH_EGRESS, "new");
    kernel.restore(Steps.complete(now(), "new"));
    var shut = kernel.save();
    load(OLD, "old");
    kernel.restore(Steps.fallBack(now()));
    assertThat(kernel.save()).isEqualTo(shut);
  }

  @Test
  void while_only_the_way_out_changes_the_way_in_is_left_alone() {
    standing(OLD, "old");

    assertThat(Steps.load(now(), Optional.of(WITH_EGRESS), "new"))
        .contains("HFW-OUTPUT")
        .doesNotContain("HFW-INPUT")
        .doesNotContain("HFW-RAW");
  }

  @Test
  void all_that_is_written_to_one_table_is_one_transaction() {
    standing(NEW, "old");

    assertThat(Steps.load(now(), Optional.of(WITH_EGRESS), "new")).containsOnlyOnce("*filter");
  }

  @Test
  void a_way_out_that_nobody_asked_for_is_left_over() {
    standing(WITH_EGRESS, "old");

    assertThat(Verification.differences(now(), OLD, "old"))
        .extracting(Difference::kind)
        .containsExactly(Difference.Kind.LEFT_OVER);
    kernel.restore(Steps.heal(now(), OLD, "old"));
    assertThat(Verification.differences(now(), OLD, "old")).isEmpty();
  }

  @Test
  void what_is_sent_untracked_comes_and_goes_with_the_rest_of_its_table() {
    standing(OLD, "old");
    var before = kernel.save();

    var text = Steps.load(now(), Optional.of(WITH_ADMINISTRATORS), "new");
    assertThat(text).containsOnlyOnce("*raw").contains("-I OUTPUT 1 ").contains("CT --notrack");
    kernel.restore(text);
    kernel.restore(Steps.complete(now(), "new"));
    assertThat(Verification.differences(now(), WITH_ADMINISTRATORS, "new")).isEmpty();

    load(OLD, "old");
    kernel.restore(Steps.complete(now(), "old"));
    assertThat(Verification.differences(now(), OLD, "old")).isEmpty();
    assertThat(kernel.save().lines().sorted())
        .containsExactlyElementsOf(before.lines().sorted().toList());
  }

  @Test
  void a_removal_takes_both_ways_of_a_table() {
    var before = kernel.save();
    standing(WITH_ADMINISTRATORS, "old");

    kernel.restore(Steps.remove(now()));

    assertThat(kernel.save()).isEqualTo(before);
  }

  @Test
  void the_rules_of_others_stay_where_they_are() {
    kernel.foreign("filter", "-A INPUT -s 192.0.2.0/24 -m recent --name \"a b\" --rcheck -j DROP");
    kernel.foreign("raw", "-A PREROUTING -j NOTRACK");
    var before = kernel.save();

    standing(OLD, "old");
    load(NEW, "new");
    kernel.restore(Steps.complete(now(), "new"));
    kernel.restore(Steps.remove(now()));

    assertThat(kernel.save()).isEqualTo(before);
  }

  @Property(tries = 300)
  void whatever_others_did_is_healed_in_one_step(@ForAll("damage") List<Damage> damage) {
    var damaged = new RestoreSimulator();
    damaged.restore(Steps.fresh(Family.IPV4, WITH_ADMINISTRATORS, "old"));
    var whole = damaged.save();
    damage.forEach(one -> one.to(damaged));

    var found = KernelState.read(Family.IPV4, damaged.save());
    damaged.restore(Steps.heal(found, WITH_ADMINISTRATORS, "old"));

    var healed = KernelState.read(Family.IPV4, damaged.save());
    assertThat(Verification.differences(healed, WITH_ADMINISTRATORS, "old")).isEmpty();
    assertThat(damaged.save().lines().sorted())
        .containsExactlyElementsOf(whole.lines().sorted().toList());
  }

  @Test
  void a_dispatcher_that_somebody_emptied_does_not_cost_the_old_rules() {
    standing(OLD, "old");
    kernel.foreign("filter", "-F HFW-INPUT");

    load(NEW, "new");

    assertThat(now().confirmedRevision()).contains("old");
    kernel.restore(Steps.fallBack(now()));
    assertThat(Verification.differences(now(), OLD, "old")).isEmpty();
  }

  @Test
  void a_rule_that_somebody_put_into_a_dispatcher_does_not_cost_the_old_rules() {
    standing(OLD, "old");
    kernel.foreign("filter", "-I HFW-INPUT 1 -j LOG");
    kernel.foreign("raw", "-I HFW-RAW 1 -j LOG");

    kernel.restore(Steps.fallBack(now()));

    assertThat(Verification.differences(now(), OLD, "old")).isEmpty();
  }

  @Test
  void loading_one_table_heals_what_somebody_did_to_the_other() {
    standing(OLD, "old");
    kernel.foreign("filter", "-F INPUT");
    var otherRaw =
        Policies.compile(
            Family.IPV4,
            Policies.worker(),
            Policies.WEB_SERVER + "protections: {bogusTcpFlags: Disabled}\n");

    load(otherRaw, "new");
    kernel.restore(Steps.complete(now(), "new"));

    assertThat(Verification.differences(now(), otherRaw, "new")).isEmpty();
  }

  @Test
  void a_second_jump_is_one_again_after_a_load() {
    standing(OLD, "old");
    kernel.foreign("filter", "-A INPUT -s 192.0.2.1/32 -j HFW-INPUT");

    load(NEW, "new");
    kernel.restore(Steps.complete(now(), "new"));

    assertThat(Verification.differences(now(), NEW, "new")).isEmpty();
  }

  @Test
  void tables_that_we_do_not_use_are_not_looked_at() {
    assertThat(KernelState.read(Family.IPV4, "*nat\nthis is no rule\nCOMMIT\n").isEmpty()).isTrue();
  }

  @Test
  void what_is_in_order_is_not_healed() {
    standing(OLD, "old");
    assertThat(Steps.heal(now(), OLD, "old")).isEmpty();
  }

  @Test
  void a_rule_that_somebody_changed_is_named() {
    standing(OLD, "old");
    var rules =
        now().table(TableName.FILTER).chains().keySet().stream()
            .filter(chain -> chain.startsWith("HFW-RULES"))
            .findFirst()
            .orElseThrow();
    kernel.foreign("filter", "-I " + rules + " 1 -j ACCEPT");

    assertThat(Verification.differences(now(), OLD, "old"))
        .singleElement()
        .asString()
        .startsWith("rule 1 of chain " + rules + " is \"-j ACCEPT\" instead of \"-p tcp");
  }

  @Test
  void a_host_outside_a_cluster_names_no_cluster_set() {
    var text =
        Steps.fresh(
            Family.IPV4,
            Policies.compile(Family.IPV4, NodeFacts.standAlone(), Policies.WEB_SERVER),
            "x");
    assertThat(text).doesNotContain("hfw4-a-").doesNotContain("hfw4-l-pod");
  }

  /** Something that others do to our rules. */
  record Damage(int kind, int which) {
    void to(RestoreSimulator kernel) {
      var state = KernelState.read(Family.IPV4, kernel.save());
      var table = List.of(TableName.values()).get(which % TableName.values().length);
      var chains = List.copyOf(state.table(table).chains().keySet());
      if (chains.isEmpty()) {
        return;
      }
      var chain = chains.get(which % chains.size());
      switch (kind) {
        case 0 -> kernel.foreign(table.text(), "-F " + chain);
        case 1 -> kernel.foreign(table.text(), "-I " + chain + " 1 -s 192.0.2.1/32 -j ACCEPT");
        case 2 -> table.hooks().forEach(h -> kernel.foreign(table.text(), "-F " + h.builtIn()));
        case 3 -> {
          var hook = table.hooks().getFirst();
          kernel.foreign(table.text(), "-A " + hook.builtIn() + " -j " + hook.dispatcher());
        }
        default -> kernel.foreign(table.text(), "-A " + chain + " -j DROP");
      }
    }
  }

  @Provide
  Arbitrary<List<Damage>> damage() {
    return net.jqwik.api.Combinators.combine(
            Arbitraries.integers().between(0, 4), Arbitraries.integers().between(0, 40))
        .as(Damage::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(5);
  }

  @Test
  void a_rule_that_lets_packets_by_is_overtaken_and_nothing_else_is_written() {
    standing(OLD, "old");
    kernel.foreign("filter", "-I INPUT 1 -p tcp -j ACCEPT");

    assertThat(Verification.differences(now(), OLD, "old"))
        .singleElement()
        .returns(Difference.Kind.ORDER, Difference::kind)
        .asString()
        .contains("accepts before HFW-INPUT is reached");
    assertThat(Steps.heal(now(), OLD, "old", false)).isEmpty();
    var text = Steps.heal(now(), OLD, "old");
    assertThat(text).doesNotContain("HFW-RULES").contains("-I INPUT 1 ");
    kernel.restore(text);

    assertThat(Verification.differences(now(), OLD, "old")).isEmpty();
    assertThat(kernel.save()).contains("-A INPUT -p tcp -j ACCEPT");
  }

  @Test
  void a_new_generation_goes_before_rules_that_let_packets_by() {
    standing(OLD, "old");
    kernel.foreign("filter", "-I INPUT 1 -p tcp -j ACCEPT");

    load(NEW, "new");

    assertThat(now().table(TableName.FILTER).neighbours().above()).isEmpty();
  }
}
