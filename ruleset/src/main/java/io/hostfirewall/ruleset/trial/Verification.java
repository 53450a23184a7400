package io.hostfirewall.ruleset.trial;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.render.Generation;
import io.hostfirewall.ruleset.render.RuleText;
import io.hostfirewall.ruleset.trial.Difference.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;

/** Compares what was read back with what was meant, rule by rule. */
public final class Verification {

  private Verification() {}

  /**
   * One sentence for each difference of a rule set at rest; empty if the kernel holds exactly what
   * was meant.
   */
  public static List<Difference> differences(KernelState found, RuleSet wanted, String revision) {
    var differences = new ArrayList<Difference>();
    for (var state : found.tables()) {
      wanted
          .table(state.name())
          .ifPresentOrElse(
              table -> differences.addAll(differences(state, Generation.of(table), revision)),
              () -> differences.addAll(leftOver(state)));
    }
    differences.addAll(asleep(found));
    return differences;
  }

  /** One sentence for each table in which our rules stand in vain. */
  public static List<Difference> asleep(KernelState found) {
    return found.sleep().stream()
        .map(sentence -> new Difference(Kind.TABLE_ASLEEP, sentence))
        .toList();
  }

  private static List<Difference> leftOver(TableState found) {
    return found.isEmpty()
        ? List.of()
        : List.of(
            new Difference(
                Kind.LEFT_OVER,
                "rules of ours stand in %s that should not"
                    .formatted(found.name().hooks().getFirst().builtIn())));
  }

  static List<Difference> differences(TableState found, Generation wanted, String revision) {
    var differences = new ArrayList<Difference>();
    for (var hook : found.name().hooks()) {
      var jumps = found.jumps(hook);
      if (!jumps.equals(List.of(TableState.jump(hook)))) {
        differences.add(
            new Difference(
                jumps.isEmpty() ? Kind.JUMP_MISSING : Kind.JUMP_CHANGED,
                "%s holds %d jumps to %s instead of one"
                    .formatted(hook.builtIn(), jumps.size(), hook.dispatcher())));
      }
    }
    found.neighbours().above().forEach(rule -> differences.add(new Difference(Kind.ORDER, rule)));
    if (!found.dispatch().equals(new Dispatch.AtRest(new Dispatch.Target(wanted.id(), revision)))) {
      differences.add(
          new Difference(
              Kind.DISPATCHER_CHANGED,
              "the dispatchers of %s do not lead to generation %s of revision %s"
                  .formatted(found.name().text(), wanted.id(), revision)));
    }
    differences.addAll(chains(found, wanted));
    return differences;
  }

  /** Differences of a generation's chains alone, wherever the dispatchers lead. */
  public static List<Difference> ofChains(KernelState found, RuleSet wanted) {
    return wanted.tables().stream()
        .flatMap(table -> chains(found.table(table.name()), Generation.of(table)).stream())
        .toList();
  }

  private static List<Difference> chains(TableState found, Generation wanted) {
    var differences = new ArrayList<Difference>();
    var standing = new HashMap<String, List<Rule>>();
    found.generation(wanted.id()).chains().forEach(c -> standing.put(c.name(), c.rules()));
    for (var chain : wanted.table().chains()) {
      var rules = standing.get(chain.name());
      if (rules == null) {
        differences.add(
            new Difference(Kind.CHAIN_MISSING, "chain " + chain.name() + " is missing"));
      } else if (!rules.equals(chain.rules())) {
        differences.add(new Difference(Kind.RULE_CHANGED, difference(chain, rules)));
      }
    }
    return differences;
  }

  private static String difference(Chain wanted, List<Rule> found) {
    var length = Math.min(wanted.rules().size(), found.size());
    for (var i = 0; i < length; i++) {
      if (!wanted.rules().get(i).equals(found.get(i))) {
        return "rule %d of chain %s is \"%s\" instead of \"%s\""
            .formatted(
                i + 1,
                wanted.name(),
                RuleText.of(found.get(i)).strip(),
                RuleText.of(wanted.rules().get(i)).strip());
      }
    }
    return "chain %s holds %d rules instead of %d"
        .formatted(wanted.name(), found.size(), wanted.rules().size());
  }
}
