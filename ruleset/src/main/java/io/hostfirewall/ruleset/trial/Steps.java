package io.hostfirewall.ruleset.trial;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.TableName;
import io.hostfirewall.ruleset.render.Generation;
import io.hostfirewall.ruleset.render.RestoreText;
import io.hostfirewall.ruleset.trial.Difference.Kind;
import io.hostfirewall.ruleset.trial.Dispatch.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The text of each step between what stands in the kernel and what is wanted there, for {@code
 * iptables-restore --noflush}. Each is one transaction a table; an empty text means that there is
 * nothing to do.
 */
public final class Steps {

  private Steps() {}

  /**
   * Loads a new generation beside the old, reached only while the trial set has entries. Tables
   * whose content is the same are left alone.
   *
   * @param wanted empty to try having nothing of ours
   */
  public static String load(KernelState now, Optional<RuleSet> wanted, String revision) {
    var text = new RestoreText();
    for (var state : now.tables()) {
      var generation = wanted.flatMap(rules -> rules.table(state.name())).map(Generation::of);
      var candidate = generation.map(g -> new Target(g.id(), revision));
      var confirmed = state.confirmed();
      if (generationOf(candidate).equals(generationOf(confirmed))) {
        generation.ifPresent(g -> heal(text, state, g, confirmed.orElseThrow(), true));
        continue;
      }
      text.in(state.name());
      generation.ifPresent(g -> text.fill(g.table()));
      dispatch(text, state, new Dispatch.OnTrial(candidate, confirmed));
      enter(text, state);
    }
    return text.toString();
  }

  private static Optional<String> generationOf(Optional<Target> target) {
    return target.map(Target::generation);
  }

  /** Ends a trial that was confirmed: the candidate decides, all else of ours goes. */
  public static String complete(KernelState now, String revision) {
    return rest(
        now,
        state ->
            switch (state.dispatch()) {
              case Dispatch.OnTrial(var candidate, _) -> candidate;
              case Dispatch.AtRest(var target) ->
                  Optional.of(new Target(target.generation(), revision));
              case Dispatch.Nowhere _, Dispatch.Changed _ -> state.confirmed();
            });
  }

  /**
   * Ends a trial that was not confirmed: what decided before it decides again, all else of ours
   * goes.
   */
  public static String fallBack(KernelState now) {
    return rest(now, TableState::confirmed);
  }

  /** Takes away all of ours. */
  public static String remove(KernelState now) {
    return rest(now, state -> Optional.empty());
  }

  private static String rest(KernelState now, Function<TableState, Optional<Target>> targets) {
    var text = new RestoreText();
    for (var state : now.tables()) {
      var target = targets.apply(state);
      if (isAtRest(state, target)) {
        continue;
      }
      text.in(state.name());
      settle(text, state, target);
    }
    return text.toString();
  }

  private static boolean isAtRest(TableState state, Optional<Target> target) {
    return target
        .map(
            t ->
                state.dispatch().equals(new Dispatch.AtRest(t))
                    && state.isReached()
                    && state.chains().keySet().equals(kept(state, t)))
        .orElse(state.isEmpty());
  }

  /**
   * Puts back what somebody changed: the same names, filled again, and the jumps, without a trial.
   * What is in order is left alone.
   */
  public static String heal(KernelState now, RuleSet wanted, String revision) {
    return heal(now, wanted, revision, true);
  }

  /**
   * The same.
   *
   * @param mayMove whether to put our jumps before those of others where that is all that is wrong
   */
  public static String heal(KernelState now, RuleSet wanted, String revision, boolean mayMove) {
    var text = new RestoreText();
    for (var state : now.tables()) {
      wanted
          .table(state.name())
          .map(Generation::of)
          .ifPresentOrElse(
              g -> heal(text, state, g, new Target(g.id(), revision), mayMove),
              () -> remove(text, state));
    }
    return text.toString();
  }

  private static void heal(
      RestoreText text, TableState state, Generation generation, Target target, boolean mayMove) {
    var differences = Verification.differences(state, generation, target.revision());
    var onlyOrder = differences.stream().allMatch(d -> d.kind() == Kind.ORDER);
    if (differences.isEmpty() || (onlyOrder && !mayMove)) {
      return;
    }
    text.in(state.name());
    if (onlyOrder) {
      enter(text, state);
    } else {
      text.fill(generation.table());
      settle(text, state, Optional.of(target));
    }
  }

  private static void remove(RestoreText text, TableState state) {
    if (!state.isEmpty()) {
      text.in(state.name());
      settle(text, state, Optional.empty());
    }
  }

  /** The text that loads a rule set into a kernel in which nothing of ours stands. */
  public static String fresh(Family family, RuleSet rules, String revision) {
    return heal(KernelState.empty(family), rules, revision);
  }

  private static void settle(RestoreText text, TableState state, Optional<Target> target) {
    if (target.isPresent()) {
      dispatch(text, state, new Dispatch.AtRest(target.get()));
      enter(text, state);
    } else {
      leave(text, state);
    }
    var kept = target.map(t -> kept(state, t)).orElse(Set.of());
    var dropped = state.chains().keySet().stream().filter(chain -> !kept.contains(chain)).toList();
    text.delete(dropped);
  }

  /** The dispatchers and the chains of one generation. */
  private static Set<String> kept(TableState state, Target target) {
    var kept =
        state.name().hooks().stream().map(TableName.Hook::dispatcher).collect(Collectors.toSet());
    state.chains().keySet().stream()
        .filter(chain -> chain.endsWith("-" + target.generation()))
        .forEach(kept::add);
    return kept;
  }

  private static void dispatch(RestoreText text, TableState state, Dispatch dispatch) {
    for (var hook : state.name().hooks()) {
      var wanted = Dispatch.rules(dispatch, hook, state.family());
      switch (state.dispatch(hook)) {
        case Dispatch.Nowhere(), Dispatch.Changed() -> text.fill(hook.dispatcher(), wanted);
        case Dispatch.AtRest _, Dispatch.OnTrial _ ->
            change(text, hook.dispatcher(), state.rules(hook), wanted);
      }
    }
  }

  /**
   * Only adds, or only takes away, wherever that is enough. On nft a rule with a match that is
   * written after another went waits until the kernel has freed that one, 12 ms each, and meanwhile
   * nobody else can write (__nft_match_init in net/netfilter/nft_compat.c; measured).
   */
  private static void change(RestoreText text, String chain, List<Rule> found, List<Rule> wanted) {
    var left = new ArrayList<>(found);
    wanted.forEach(left::remove);
    var missing = new ArrayList<>(wanted);
    found.forEach(missing::remove);
    if (missing.isEmpty() && without(found, left).equals(wanted)) {
      left.forEach(rule -> text.deleteRule(chain, rule));
    } else if (left.isEmpty() && without(wanted, missing).equals(found)) {
      for (var i = 0; i < wanted.size(); i++) {
        if (missing.remove(wanted.get(i))) {
          text.insert(chain, i + 1, wanted.get(i));
        }
      }
    } else {
      text.fill(chain, wanted);
    }
  }

  /** A list after the first of each of some rules was taken away. */
  private static List<Rule> without(List<Rule> rules, List<Rule> some) {
    var rest = new ArrayList<>(rules);
    some.forEach(rest::remove);
    return rest;
  }

  private static void enter(RestoreText text, TableState state) {
    if (!state.isReached() || !state.isFirst()) {
      leave(text, state);
      state.name().hooks().forEach(hook -> text.insert(hook.builtIn(), 1, TableState.jump(hook)));
    }
  }

  private static void leave(RestoreText text, TableState state) {
    for (var hook : state.name().hooks()) {
      state.jumps(hook).forEach(jump -> text.deleteRule(hook.builtIn(), jump));
    }
  }
}
