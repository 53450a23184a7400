package io.hostfirewall.ruleset.importing;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.Logging;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.ruleset.foreign.RulesFile;
import io.hostfirewall.ruleset.importing.RuleWriter.CannotException;
import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One list of rules of the policy, with its default action, from the decisions of each family.
 *
 * @param otherwise null if it is the policy's own
 * @param logging of what falls through; null for none
 */
record Direction(List<PolicyRule> rules, @Nullable Action otherwise, @Nullable Logging logging) {

  /** The decisions of one family, without the last. */
  record Side(RulesFile file, Notes notes, List<DraftRule> rules, Decision last) {

    static Side of(RulesFile file, Notes notes, List<Decision> decisions) {
      var last = decisions.getLast();
      var others = decisions.subList(0, decisions.size() - 1);
      var rules = new ArrayList<>(others.stream().map(d -> DraftRule.of(file.name(), d)).toList());
      if (!last.isPlain()) {
        rules.add(DraftRule.of(file.name(), last));
        last = Decision.plain(last.packets(), last.exceeded(), 0, "");
      }
      return new Side(file, notes, rules, last);
    }

    /** Without the rules at the end that do what happens anyway. */
    Side shortened(Action otherwise) {
      var left = new ArrayList<>(rules);
      while (!left.isEmpty() && isSame(left.getLast().first(), otherwise)) {
        var line = left.removeLast().first().line();
        if (line > 0) {
          notes.alreadySo(line, "what no rule decides is decided so anyway.");
        }
      }
      return new Side(file, notes, left, last);
    }

    private static boolean isSame(Decision decision, Action otherwise) {
      return decision.action() == otherwise
          && decision.isPlain()
          && decision.logPerMinute() == null;
    }

    Side withRest() {
      var all = new ArrayList<>(rules);
      all.add(DraftRule.of(file.name(), last));
      return new Side(file, notes, all, last);
    }
  }

  /** What a policy does where it says nothing. */
  private static Action own(Hook hook) {
    return hook == Hook.OUTPUT ? Action.ACCEPT : Action.DENY;
  }

  static Direction of(Hook hook, List<Side> sides) {
    var otherwise = otherwise(hook, sides);
    var ready =
        sides.stream()
            .map(
                side ->
                    side.last().action() == otherwise ? side.shortened(otherwise) : side.withRest())
            .toList();
    var rules = new Writing(hook, ready).write();
    sides.stream()
        .filter(side -> side.last().action() == otherwise && side.last().line() > 0)
        .forEach(
            side ->
                side.notes()
                    .carriedOver(side.last().line(), "defaultActions." + field(hook) + "."));
    var logging =
        sides.stream()
            .filter(side -> side.last().action() == otherwise)
            .flatMap(side -> Optional.ofNullable(side.last().logPerMinute()).stream())
            .max(Comparator.naturalOrder())
            .map(Logging::new);
    return new Direction(rules, otherwise == own(hook) ? null : otherwise, logging.orElse(null));
  }

  static String field(Hook hook) {
    return switch (hook) {
      case INPUT -> "ingress";
      case FORWARD -> "forward";
      case OUTPUT -> "egress";
    };
  }

  /**
   * The default is of both families. One file alone opens and closes only its own, so that what it
   * leaves open becomes a rule; two that differ agree on the stricter.
   */
  private static Action otherwise(Hook hook, List<Side> sides) {
    var actions = sides.stream().map(side -> side.last().action()).distinct().toList();
    if (sides.size() == Family.values().length && actions.size() == 1) {
      return actions.getFirst();
    }
    if (sides.size() == 1) {
      var action = actions.getFirst();
      return hook == Hook.OUTPUT || action == Action.ACCEPT ? own(hook) : action;
    }
    return actions.contains(Action.DENY) ? Action.DENY : Action.REJECT;
  }

  /** Writes the rules of both families as one list. */
  private record Writing(Hook hook, List<Side> sides) {

    List<PolicyRule> write() {
      var drafts =
          sides.size() == 1
              ? DraftRule.joined(sides.getFirst().rules())
              : Families.merged(
                  DraftRule.joined(sides.getFirst().rules()),
                  DraftRule.joined(sides.getLast().rules()));
      var names = new RuleNames();
      var writer = new RuleWriter(hook);
      var rules = new ArrayList<PolicyRule>();
      for (var draft : drafts) {
        try {
          var written = writer.write(draft, names.name(draft)).stream().map(names::named).toList();
          rules.addAll(written);
          say(draft, written.getFirst().name());
        } catch (CannotException e) {
          refuse(draft, e.sentence());
        }
      }
      return rules;
    }

    private void say(DraftRule draft, String name) {
      for (var part : draft.parts()) {
        part.lines()
            .forEach(
                line -> notes(part).carriedOver(line, "%s rule %s.".formatted(field(hook), name)));
      }
    }

    private void refuse(DraftRule draft, String sentence) {
      for (var part : draft.parts()) {
        var lines = part.lines().isEmpty() ? List.of(0) : part.lines();
        lines.forEach(
            line ->
                notes(part)
                    .notCarriedOver(
                        line, prefix(line, part) + sentence + ".", part.decision().packets()));
      }
    }

    private String prefix(int line, DraftRule.Part part) {
      return line > 0
          ? ""
          : "that chain %s ends in %s: "
              .formatted(hook, part.decision().action() == Action.ACCEPT ? "ACCEPT" : "DROP");
    }

    private Notes notes(DraftRule.Part part) {
      return sides.stream()
          .filter(side -> side.file().family() == part.family())
          .map(Side::notes)
          .findFirst()
          .orElseThrow();
    }
  }
}
