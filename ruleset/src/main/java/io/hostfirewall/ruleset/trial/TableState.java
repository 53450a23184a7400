package io.hostfirewall.ruleset.trial;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.model.TableName.Hook;
import io.hostfirewall.ruleset.model.Verdict;
import io.hostfirewall.ruleset.parse.SavedChain;
import io.hostfirewall.ruleset.parse.SavedTable;
import io.hostfirewall.ruleset.render.Generation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands of ours in one table.
 *
 * @param chains all of ours by their name in the kernel
 * @param builtIns the rules of the built-in chains in which we have a jump, others' rules included
 * @param neighbours what rules of others do to ours
 */
public record TableState(
    TableName name,
    Family family,
    Map<String, SavedChain> chains,
    Map<Hook, List<Rule>> builtIns,
    Neighbours neighbours) {

  /** The jump from a built-in chain to our dispatcher. */
  public static Rule jump(Hook hook) {
    return new Rule(
        List.of(), new Verdict.Jump(hook.dispatcher()), new Origin.BuiltIn("host firewall"));
  }

  /** Takes ours out of a table that was read; a table that was not printed holds nothing. */
  static TableState of(TableName name, Family family, Optional<SavedTable> saved) {
    var chains = new LinkedHashMap<String, SavedChain>();
    saved.map(SavedTable::chains).orElse(List.of()).stream()
        .filter(chain -> chain.name().startsWith(Table.CHAIN_PREFIX) && name.owns(chain.name()))
        .forEach(chain -> chains.put(chain.name(), chain));
    var builtIns = new LinkedHashMap<Hook, List<Rule>>();
    for (var hook : name.hooks()) {
      builtIns.put(
          hook,
          saved
              .flatMap(table -> table.chain(hook.builtIn()))
              .map(SavedChain::plainRules)
              .orElse(List.of()));
    }
    return new TableState(
        name,
        family,
        chains,
        builtIns,
        saved.map(table -> Neighbours.of(table, name.hooks())).orElseGet(Neighbours::none));
  }

  /** Whether nothing of ours stands here. */
  public boolean isEmpty() {
    return chains.isEmpty() && name.hooks().stream().allMatch(hook -> jumps(hook).isEmpty());
  }

  /** All rules of a built-in chain that jump to our dispatcher, in whatever words. */
  public List<Rule> jumps(Hook hook) {
    return builtIns.getOrDefault(hook, List.of()).stream()
        .filter(
            rule ->
                rule.verdict() instanceof Verdict.Jump(var chain)
                    && chain.equals(hook.dispatcher()))
        .toList();
  }

  /** Whether exactly our one jump stands in each built-in chain. */
  boolean isReached() {
    return name.hooks().stream().allMatch(hook -> jumps(hook).equals(List.of(jump(hook))));
  }

  /** Whether nobody lets packets by before our jumps. */
  boolean isFirst() {
    return neighbours.above().isEmpty();
  }

  /** Where our dispatchers send packets; changed if they do not agree. */
  public Dispatch dispatch() {
    var all = name.hooks().stream().map(this::dispatch).distinct().toList();
    return all.size() == 1 ? all.getFirst() : new Dispatch.Changed();
  }

  /**
   * The generation that decides when no trial is under way. A dispatcher that somebody changed
   * still tells, as long as one of them leads to a generation that stands.
   */
  public Optional<Dispatch.Target> confirmed() {
    return switch (dispatch()) {
      case Dispatch.OnTrial(_, var confirmed) -> confirmed;
      case Dispatch.AtRest(var target) -> Optional.of(target);
      case Dispatch.Nowhere() -> Optional.empty();
      case Dispatch.Changed() ->
          name.hooks().stream().flatMap(hook -> targets(hook).stream()).findFirst();
    };
  }

  /**
   * Generations that stand and to which a dispatcher leads without a guard, whatever else is in it,
   * and that were not on trial.
   */
  private List<Dispatch.Target> targets(Hook hook) {
    var rules = rules(hook);
    return rules.stream()
        .filter(rule -> rule.matches().isEmpty())
        .flatMap(rule -> Dispatch.target(rule, hook).stream())
        .filter(target -> stands(target.generation()) && !isGuarded(target, rules, hook))
        .toList();
  }

  /** Whether a generation was on trial: what is last in its dispatcher is not what decided. */
  private static boolean isGuarded(Dispatch.Target target, List<Rule> rules, Hook hook) {
    return rules.stream()
        .filter(rule -> !rule.matches().isEmpty())
        .flatMap(rule -> Dispatch.target(rule, hook).stream())
        .anyMatch(target::equals);
  }

  /** The rules of a dispatcher; none if it does not exist. */
  List<Rule> rules(Hook hook) {
    var dispatcher = chains.get(hook.dispatcher());
    return dispatcher == null ? List.of() : dispatcher.plainRules();
  }

  private boolean stands(String generation) {
    return name.hooks().stream()
        .allMatch(hook -> chains.containsKey(Generation.chainName(hook.entry(), generation)));
  }

  /** Where one of our dispatchers sends packets. */
  Dispatch dispatch(Hook hook) {
    return Dispatch.read(rules(hook), hook, family);
  }

  /** The chains that carry a generation in their names. */
  public Table generation(String id) {
    return new Table(
        name,
        chains.values().stream()
            .filter(chain -> chain.name().endsWith("-" + id))
            .map(chain -> new Chain(chain.name(), chain.plainRules()))
            .toList());
  }
}
