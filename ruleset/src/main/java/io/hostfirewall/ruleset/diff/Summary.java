package io.hostfirewall.ruleset.diff;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.explain.SetWords;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.space.Decisions;
import io.hostfirewall.ruleset.space.Decisions.Change;
import io.hostfirewall.ruleset.space.Decisions.Connections;
import io.hostfirewall.ruleset.space.Decisions.Limit;
import io.hostfirewall.ruleset.space.Decisions.Treatment;
import io.hostfirewall.ruleset.space.Dimension;
import io.hostfirewall.ruleset.space.Dimension.Header;
import io.hostfirewall.ruleset.space.Dimension.Membership;
import io.hostfirewall.ruleset.space.Fate;
import io.hostfirewall.ruleset.space.Region;
import io.hostfirewall.ruleset.space.Spans;
import io.hostfirewall.ruleset.space.TooManyPartsException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What another rule set changes for new connections of strangers, in words. */
public final class Summary {

  /** What a sentence has words for. */
  private static final Set<Dimension> SAID =
      Set.of(
          Header.PROTOCOL,
          Header.DESTINATION_PORT,
          Header.ICMP,
          Header.SOURCE,
          Header.DESTINATION,
          Header.IN_INTERFACE,
          Header.OUT_INTERFACE);

  private static final String PROTECTIONS = "protections.";

  private Summary() {}

  /**
   * A sentence for each change; the same for both families is said once.
   *
   * @param policies what the rules were made from, as far as it is known
   */
  public static List<String> of(
      List<Side> before, List<Side> after, Collection<RevisionPolicy> policies) {
    var sentences = new LinkedHashMap<String, Set<String>>();
    for (var now : after) {
      var words = now.words(policies);
      before.stream()
          .filter(then -> then.rules().family() == now.rules().family())
          .flatMap(then -> of(then, now, words).stream())
          .forEach(
              sentence ->
                  sentences
                      .computeIfAbsent(
                          sentence.replaceAll("any IPv[46] address", "anyone"),
                          s -> new LinkedHashSet<>())
                      .add(sentence));
    }
    var said = new ArrayList<String>();
    sentences.forEach((anyone, ofFamilies) -> said.addAll(joined(anyone, ofFamilies)));
    return List.copyOf(said);
  }

  private static List<String> joined(String anyone, Set<String> ofFamilies) {
    return ofFamilies.size() > 1 ? List.of(anyone) : List.copyOf(ofFamilies);
  }

  private static List<String> of(Side then, Side now, SetWords words) {
    var sentences = new ArrayList<>(of(then.rules(), now.rules(), words));
    SetDiff.between(then.liveSets(), now.liveSets(), words)
        .forEach(set -> sentences.addAll(set.sentences()));
    return sentences;
  }

  private static List<String> of(RuleSet before, RuleSet after, SetWords words) {
    var sentences = new ArrayList<String>();
    try {
      merged(Decisions.changes(before, after))
          .forEach(change -> sentences.add(sentence(change, words)));
    } catch (TooManyPartsException e) {
      sentences.add("nobody can say in words what changes: " + e.getMessage());
    }
    var old = protections(before);
    var now = protections(after);
    old.stream()
        .filter(field -> !now.contains(field))
        .forEach(field -> sentences.add("ends " + field));
    now.stream()
        .filter(field -> !old.contains(field))
        .forEach(field -> sentences.add("begins " + field));
    return sentences;
  }

  private static Set<String> protections(RuleSet rules) {
    var fields = new TreeSet<String>();
    rules.tables().stream()
        .flatMap(table -> table.chains().stream())
        .map(Chain::rules)
        .flatMap(List::stream)
        .forEach(
            rule -> {
              var field =
                  switch (rule.origin()) {
                    case Origin.PolicyField(_, var name) -> name;
                    case Origin.Default(var name) -> name;
                    default -> "";
                  };
              if (field.startsWith(PROTECTIONS)) {
                fields.add(field);
              }
            });
    return fields;
  }

  /** Changes that differ in their sources only, or in their ports only, become one. */
  private static List<Change> merged(List<Change> changes) {
    var left = changes;
    for (var dimension :
        new Header[] {
          Header.DESTINATION_PORT, Header.ICMP, Header.SOURCE, Header.DESTINATION, Header.PROTOCOL
        }) {
      left = merged(left, dimension);
    }
    return left;
  }

  private record But(
      String builtIn, Treatment before, Treatment after, Map<Dimension, Spans> rest) {}

  private static List<Change> merged(List<Change> changes, Header dimension) {
    var groups = new LinkedHashMap<But, Change>();
    for (var change : changes) {
      var rest = new LinkedHashMap<>(change.packets().bounds());
      rest.remove(dimension);
      groups.merge(
          new But(change.builtIn(), change.before(), change.after(), rest),
          change,
          (one, other) ->
              new Change(
                  one.builtIn(),
                  one.compared(),
                  one.packets().or(other.packets(), dimension),
                  one.before(),
                  one.after()));
    }
    return List.copyOf(groups.values());
  }

  private static String sentence(Change change, SetWords sets) {
    var region = change.packets();
    var isOut = change.builtIn().equals("OUTPUT");
    var services = Words.services(region);
    var people = Words.people(region, isOut ? Header.DESTINATION : Header.SOURCE);
    var what = verb(change, services, people) + where(change, region, isOut, sets);
    var prefix =
        switch (change.builtIn()) {
          case "FORWARD" -> "forwarded: ";
          case "OUTPUT" -> "egress: ";
          default -> "";
        };
    return "%s%s (was %s)".formatted(prefix, what, was(change.before()));
  }

  private static String verb(Change change, String services, String people) {
    var after = change.after();
    return switch (after.fate()) {
      case DROP -> "closes %s to %s".formatted(services, people);
      case REJECT -> "rejects %s from %s".formatted(services, people);
      case PASS -> {
        if (after.isUnlimited()) {
          yield change.before().fate() == Fate.PASS
              ? "no longer limits %s for %s".formatted(services, people)
              : "opens %s to %s".formatted(services, people);
        }
        yield change.before().fate() == Fate.PASS
            ? "limits %s for %s to %s".formatted(services, people, limits(after))
            : "opens %s to %s, limited to %s".formatted(services, people, limits(after));
      }
    };
  }

  private static String where(Change change, Region region, boolean isOut, SetWords sets) {
    var text = new StringBuilder();
    var start = change.compared();
    for (var end : List.of(Header.IN_INTERFACE, Header.OUT_INTERFACE)) {
      var devices = Words.interfaces(region.in(end), start.in(end));
      if (!devices.isEmpty()) {
        text.append(end == Header.IN_INTERFACE ? " in by " : " out by ").append(devices);
      }
    }
    var other = isOut ? Header.SOURCE : Header.DESTINATION;
    if (region.bounds().containsKey(other)) {
      text.append(isOut ? " from " : " at ").append(Words.people(region, other));
    }
    region
        .bounds()
        .forEach(
            (dimension, bound) -> {
              if (!SAID.contains(dimension) && !start.in(dimension).equals(bound)) {
                text.append(condition(dimension, bound, sets));
              }
            });
    return text.toString();
  }

  private static String condition(Dimension dimension, Spans bound, SetWords sets) {
    return switch (dimension) {
      case Membership(var set, _) ->
          (bound.equals(Membership.MEMBERS) ? " in " : " not in ") + sets.of(set);
      case Header header -> " with some " + header.name().toLowerCase(Locale.ROOT);
      case Dimension.Untold _ -> " under a condition";
    };
  }

  private static String was(Treatment before) {
    return switch (before.fate()) {
      case DROP -> "closed";
      case REJECT -> "rejected";
      case PASS -> before.isUnlimited() ? "open" : "limited to " + limits(before);
    };
  }

  private static String limits(Treatment treatment) {
    var limits = new ArrayList<String>();
    if (treatment.limit() instanceof Limit(var rate, var burst, var prefix, var exceeding)) {
      limits.add("%s, burst %d, of each /%d%s".formatted(rate, burst, prefix, beyond(exceeding)));
    }
    if (treatment.connections() instanceof Connections(var count, var prefix, var crowding)) {
      limits.add(
          "%d connection%s at once of each /%d%s"
              .formatted(count, count == 1 ? "" : "s", prefix, beyond(crowding)));
    }
    return String.join(" and ", limits);
  }

  private static String beyond(Fate fate) {
    return fate == Fate.REJECT ? ", the rest rejected" : "";
  }
}
