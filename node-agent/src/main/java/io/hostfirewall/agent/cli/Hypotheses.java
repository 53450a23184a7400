package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.policyfile.Expectation;
import io.hostfirewall.agent.policyfile.FileProblem;
import io.hostfirewall.agent.policyfile.PolicyFiles;
import io.hostfirewall.agent.policyfile.SupposedPlace;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The hosts and nodes that expectations are about, each with the policies that select it. */
final class Hypotheses {

  private final PolicyOptions options;
  private final PolicyFiles files;
  private final Map<Optional<SupposedPlace>, Hypothesis> known = new HashMap<>();

  Hypotheses(PolicyOptions options, PolicyFiles files) {
    this.options = options;
    this.files = files;
  }

  /** The one that a packet meets. */
  Hypothesis of(Expectation expectation) {
    return known.computeIfAbsent(
        Optional.ofNullable(expectation.place()),
        place ->
            place
                .map(met -> inCluster(expectation, met))
                .orElseGet(
                    () ->
                        Hypothesis.of(
                            options.selected(PolicyOptions.policies(files.standAlone())),
                            options.uplinks())));
  }

  private Hypothesis inCluster(Expectation expectation, SupposedPlace place) {
    var twice =
        place.cluster().addressSets().keySet().stream().filter(files::hasAddressSet).toList();
    if (!twice.isEmpty()) {
      throw complaint(
          expectation,
          "the address set \"%s\" stands in the policies' files, too. Delete it here."
              .formatted(twice.getFirst()));
    }
    var read = PolicyOptions.policies(files.inCluster(place.cluster().addressSets().keySet()));
    var selecting = place.selecting(read);
    if (selecting.isEmpty()) {
      throw complaint(
          expectation,
          "no policy selects the node \"%s\". Correct its labels.".formatted(place.node().name()));
    }
    return Hypothesis.of(selecting, options.uplinks(), place);
  }

  private static Failure complaint(Expectation expectation, String sentence) {
    return Failure.inFiles(
        new FileProblem(expectation.file(), expectation.line(), 0, "", sentence).toString());
  }

  /** Names of the address sets of all clusters. */
  static Set<String> addressSets(List<Expectation> expectations) {
    return expectations.stream()
        .flatMap(expectation -> Stream.ofNullable(expectation.place()))
        .flatMap(place -> place.cluster().addressSets().keySet().stream())
        .collect(Collectors.toSet());
  }
}
