package io.hostfirewall.operator.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.operator.select.PolicyVersion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds of every rollout, whatever is edited while it goes on. */
class RolloutPropertyTest {

  private static final List<String> POLICIES = List.of("a", "b", "c");

  private enum Kind {
    EDIT_WELL,
    EDIT_BADLY,
    LOOK,
    WORK,
    LEAVE_OR_RETURN
  }

  /** Something that happens to one of the nodes, or to one of the policies. */
  record Happening(Kind kind, int which) {}

  @Provide
  Arbitrary<List<Set<String>>> fleets() {
    return Arbitraries.of(POLICIES).set().ofMaxSize(3).list().ofMinSize(1).ofMaxSize(6);
  }

  @Provide
  Arbitrary<List<Happening>> happenings() {
    return some(Kind.EDIT_WELL, Kind.EDIT_BADLY, Kind.LOOK, Kind.LOOK, Kind.WORK, Kind.WORK);
  }

  @Provide
  Arbitrary<List<Happening>> happeningsWithAbsence() {
    return some(Kind.values());
  }

  private static Arbitrary<List<Happening>> some(Kind... kinds) {
    return Combinators.combine(Arbitraries.of(kinds), Arbitraries.integers().between(0, 5))
        .as(Happening::new)
        .list()
        .ofMaxSize(60);
  }

  @Property
  void never_more_than_one_node_tries_what_nobody_has_confirmed(
      @ForAll("fleets") List<Set<String>> selections,
      @ForAll("happenings") List<Happening> happenings) {
    var fleet = fleet(selections);
    for (var happening : happenings) {
      happen(fleet, happening, new HashSet<>());

      var trying =
          fleet.nodes.stream().filter(n -> n.isOnTrial() && !fleet.isProven(n.told)).toList();
      assertThat(trying).extracting(node -> node.told).doesNotHaveDuplicates();
      assertThat(
              trying.stream()
                  .flatMap(node -> fleet.versions(node).stream())
                  .filter(version -> !fleet.isProven(version)))
          .doesNotHaveDuplicates();
    }
  }

  @Property
  void a_bad_version_reaches_one_node_at_most(
      @ForAll("fleets") List<Set<String>> selections,
      @ForAll("happenings") List<Happening> happenings) {
    var fleet = fleet(selections);
    var bad = new HashSet<PolicyVersion>();
    happenings.forEach(happening -> happen(fleet, happening, bad));
    turn(fleet, 20);

    assertThat(bad)
        .allSatisfy(
            version ->
                assertThat(fleet.everTold.getOrDefault(version, Set.of())).hasSizeLessThan(2));
  }

  @Property
  void once_everything_is_good_every_node_that_answers_gets_there(
      @ForAll("fleets") List<Set<String>> selections,
      @ForAll("happeningsWithAbsence") List<Happening> happenings) {
    var fleet = fleet(selections);
    happenings.forEach(happening -> happen(fleet, happening, new HashSet<>()));
    POLICIES.forEach(policy -> fleet.edit(policy, true));

    turn(fleet, 20);

    assertThat(fleet.nodes).filteredOn(node -> node.answering).allMatch(fleet::isDone);

    fleet.nodes.forEach(node -> node.answering = true);
    turn(fleet, 20);

    assertThat(fleet.nodes).allMatch(fleet::isDone);
  }

  private static SimulatedFleet fleet(List<Set<String>> selections) {
    var fleet = new SimulatedFleet();
    selections.forEach(policies -> fleet.add(policies.toArray(String[]::new)));
    return fleet;
  }

  private static void happen(SimulatedFleet fleet, Happening happening, Set<PolicyVersion> bad) {
    var node = fleet.nodes.get(happening.which() % fleet.nodes.size());
    var policy = POLICIES.get(happening.which() % POLICIES.size());
    switch (happening.kind()) {
      case EDIT_WELL -> fleet.edit(policy, true);
      case EDIT_BADLY -> bad.add(fleet.edit(policy, false));
      case LOOK -> fleet.look(node);
      case WORK -> fleet.work(node);
      case LEAVE_OR_RETURN -> node.answering = !node.answering;
    }
  }

  private static void turn(SimulatedFleet fleet, int times) {
    for (var i = 0; i < times; i++) {
      new ArrayList<>(fleet.nodes).forEach(fleet::look);
      fleet.nodes.forEach(fleet::work);
    }
  }
}
