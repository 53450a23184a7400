package io.hostfirewall.ruleset.merge;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.hostfirewall.api.v1alpha1.Peer;
import io.hostfirewall.ruleset.model.ContentHash;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The address sets that stand for peers. */
public final class PeerSets {

  /** How the names of those begin that the operator keeps for selectors of nodes. */
  public static final String OF_NODES = "cluster-nodes-";

  private PeerSets() {}

  /** The name of a peer's address set; empty if it has networks of its own. */
  public static Optional<String> name(Peer peer) {
    return peer.nodes() == null
        ? Optional.ofNullable(peer.addressSet())
        : Optional.of(ofNodes(peer.nodes()));
  }

  /** The set of the nodes that a selector picks: equal selectors share one. */
  public static String ofNodes(LabelSelector selector) {
    return OF_NODES + ContentHash.shortOf(canonical(selector));
  }

  private static String canonical(LabelSelector selector) {
    var labels =
        new TreeMap<>(selector.getMatchLabels())
            .entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue() + "\n")
                .collect(Collectors.joining());
    return selector.getMatchExpressions().stream()
        .map(
            e ->
                "%s %s %s\n"
                    .formatted(
                        e.getKey(),
                        e.getOperator(),
                        e.getValues().stream().sorted(Comparator.naturalOrder()).toList()))
        .sorted()
        .collect(Collectors.joining("", labels, ""));
  }
}
