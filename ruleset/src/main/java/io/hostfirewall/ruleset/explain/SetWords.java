package io.hostfirewall.ruleset.explain;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.check.NamedSets;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Rule;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What sets of the kernel are to people, to whom their names there say nothing. */
public final class SetWords {

  private static final int SHOWN = 8;

  private final Map<String, String> names = new HashMap<>();
  private final Map<String, List<String>> entries = new HashMap<>();

  private SetWords() {}

  /**
   * Words for the sets that some rules look into.
   *
   * @param sets those whose entries are known
   * @param policies what rules that look into them were made from, as far as it is known
   */
  public static SetWords of(Collection<IpSet> sets, Collection<RevisionPolicy> policies) {
    var words = new SetWords();
    for (var family : Family.values()) {
      words.names.put(SetNames.ownNetworks(family), "the node's own networks");
      words.names.put(SetNames.podInterfaces(family), "the node's own pods");
      words.names.put(SetNames.routedPods(family), "the pods of other nodes");
      words.names.put(SetNames.untracked(family), "administrators whose SSH is not tracked");
    }
    // Of the node's own nobody but itself knows what is in them.
    sets.stream()
        .filter(set -> !words.names.containsKey(set.name()))
        .forEach(set -> words.entries.put(set.name(), set.entries()));
    SetNames.OF_THE_CLUSTER.forEach(name -> words.add(name, "address set " + name));
    for (var policy : policies) {
      NamedSets.of(policy.spec()).forEach(name -> words.add(name, "address set " + name));
      NamedSets.ofNodes(policy.spec())
          .forEach((name, selector) -> words.add(name, nodes(selector)));
    }
    return words;
  }

  private void add(String addressSet, String words) {
    for (var family : Family.values()) {
      names.put(SetNames.addressSet(family, addressSet), words);
    }
  }

  /** A selector as kubectl reads it. */
  private static String nodes(LabelSelector selector) {
    var labels =
        new TreeMap<>(selector.getMatchLabels())
            .entrySet().stream().map(label -> label.getKey() + "=" + label.getValue());
    var expressions = selector.getMatchExpressions().stream().map(SetWords::expression);
    var all = Stream.concat(labels, expressions).collect(Collectors.joining(","));
    return all.isEmpty() ? "all nodes" : "nodes " + all;
  }

  private static String expression(LabelSelectorRequirement expression) {
    var key = expression.getKey();
    return switch (expression.getOperator()) {
      case "Exists" -> key;
      case "DoesNotExist" -> "!" + key;
      default ->
          "%s %s (%s)"
              .formatted(
                  key,
                  expression.getOperator().toLowerCase(Locale.ROOT),
                  String.join(",", expression.getValues()));
    };
  }

  /** What people call it; if they have no name for it, what is in it. */
  public String of(String set) {
    var name = names.get(set);
    if (name != null) {
      return name;
    }
    var inside = entries.get(set);
    return inside == null ? "set " + set : shown(inside);
  }

  /** What stands behind a rule about the sets that it looks into; empty if it does not. */
  public String remark(Rule rule) {
    return rule.matches().stream()
        .filter(Match.InSet.class::isInstance)
        .map(match -> "  # " + described(((Match.InSet) match).name()))
        .collect(Collectors.joining());
  }

  private String described(String set) {
    var name = names.get(set);
    var inside = entries.get(set);
    return name == null || inside == null ? of(set) : name + ": " + shown(inside);
  }

  /** The first of many entries, and how many there are beyond them. */
  public static String shown(List<String> entries) {
    var more = entries.size() - SHOWN;
    return entries.isEmpty()
        ? "nobody"
        : entries.stream().limit(SHOWN).collect(Collectors.joining(" "))
            + (more > 0 ? " and %d more".formatted(more) : "");
  }
}
