package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.kernel.Kernel;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.kernel.Observed;
import io.hostfirewall.agent.transaction.Journal;
import io.hostfirewall.agent.transaction.ReadBack;
import io.hostfirewall.agent.transaction.Trial;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.parse.SavedChain;
import io.hostfirewall.ruleset.parse.SavedChain.SavedRule;
import io.hostfirewall.ruleset.render.RuleText;
import io.hostfirewall.ruleset.trial.KernelState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What stands in the kernel, for a reader and, as JSON, for a script.
 *
 * @param enforced whether rules of ours decide, and nobody changed them
 * @param disabled whether the agent of this host was switched off by a cleanup
 * @param remembered whether the state folder holds what is enforced, so that a restart finds it
 * @param atBoot what happens when this host boots
 * @param trialSecondsLeft of a trial under way, otherwise 0
 */
record StatusReport(
    boolean enforced,
    boolean disabled,
    boolean remembered,
    String atBoot,
    String revision,
    String hash,
    String backend,
    String trial,
    long trialSecondsLeft,
    List<FamilyReport> families,
    List<SetReport> sets) {

  /** One family. */
  record FamilyReport(String family, String revision, List<String> drift, List<RuleReport> rules) {}

  /** One rule, and how much it has met. */
  record RuleReport(
      String table, String chain, String rule, String origin, long packets, long bytes) {}

  /** One set. */
  record SetReport(String name, int entries) {}

  static StatusReport of(Kernel kernel, Journal journal, boolean disabled, String atBoot)
      throws KernelException {
    var now = kernel.observe();
    var families = kernel.families().stream().map(family -> family(now, family)).toList();
    var trial = Trial.of(now, kernel.families());
    var hash = ReadBack.hash(now, kernel.families());
    var remembered =
        journal.confirmed(trial instanceof Trial.Confirmed).map(Wanted::hash).orElse("");
    return new StatusReport(
        families.stream().allMatch(f -> !f.revision().isEmpty() && f.drift().isEmpty()),
        disabled,
        trial instanceof Trial.Running || remembered.equals(hash),
        atBoot,
        now.confirmedRevision().orElse(""),
        hash,
        kernel.backend().text(),
        word(trial),
        trial instanceof Trial.Running(var left) ? left.toSeconds() : 0,
        families,
        now.sets().stream().map(set -> new SetReport(set.name(), set.entries().size())).toList());
  }

  private static FamilyReport family(Observed now, Family family) {
    var state = now.rules(family);
    return new FamilyReport(
        RenderCommand.text(family),
        state.confirmedRevision().orElse(""),
        ReadBack.drift(state),
        rules(state));
  }

  private static List<RuleReport> rules(KernelState state) {
    var rules = new ArrayList<RuleReport>();
    for (var table : state.tables()) {
      for (SavedChain chain : table.chains().values()) {
        for (SavedRule rule : chain.rules()) {
          rules.add(
              new RuleReport(
                  table.name().text(),
                  chain.name(),
                  RuleText.of(rule.rule()).strip(),
                  rule.rule().origin().comment(),
                  rule.counters().packets(),
                  rule.counters().bytes()));
        }
      }
    }
    return rules;
  }

  private static String word(Trial trial) {
    return switch (trial) {
      case Trial.None() -> "none";
      case Trial.Running _ -> "running";
      case Trial.Confirmed() -> "confirmed";
      case Trial.Expired() -> "expired";
    };
  }

  /** What policies that are only audited would have done. */
  private Optional<String> audited() {
    var rules =
        families.stream()
            .flatMap(family -> family.rules().stream())
            .filter(rule -> Origin.parse(rule.origin()) instanceof Origin.Audited)
            .toList();
    var refused =
        rules.stream()
            .filter(
                rule ->
                    Origin.parse(rule.origin()) instanceof Origin.Audited(var would, _)
                        && would != Origin.Would.ACCEPT)
            .mapToLong(RuleReport::packets)
            .sum();
    return rules.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Some policies are only audited: enforced, they would have dropped or rejected %d packets.%n"
                .formatted(refused));
  }

  String text() {
    var text = new StringBuilder();
    text.append(enforced ? "Enforced" : "Not enforced")
        .append(revision.isEmpty() ? "" : ": " + revision + ", rules " + hash)
        .append(", by iptables-")
        .append(backend)
        .append('\n');
    if (families.stream().allMatch(family -> family.rules().isEmpty())) {
      text.append("Nothing of ours is loaded: all is as open as other rules leave it.\n");
    } else if (families.stream().anyMatch(family -> !family.drift().isEmpty())) {
      text.append("Somebody changed it: hostfirewall diff says how; apply, or the agent, heals.\n");
    }
    if (disabled) {
      text.append("The agent was switched off by a cleanup; hostfirewall enable lets it work.\n");
    }
    if (enforced && !remembered) {
      text.append("The state folder does not hold these rules: nothing restores them later.\n");
    }
    audited().ifPresent(text::append);
    text.append("At boot ").append(atBoot).append(".\n");
    if (!trial.equals("none")) {
      text.append("Trial: ").append(trial);
      text.append(trialSecondsLeft > 0 ? ", " + trialSecondsLeft + " s left\n" : "\n");
    }
    for (var family : families) {
      text.append('\n').append(family.family()).append('\n');
      family
          .drift()
          .forEach(drift -> text.append("  drift: ").append(PlainText.line(drift)).append('\n'));
      var chain = "";
      for (var rule : family.rules()) {
        if (!chain.equals(rule.chain())) {
          chain = rule.chain();
          text.append("  %s %s%n".formatted(rule.table(), chain));
        }
        text.append("  %10d  %s%n".formatted(rule.packets(), PlainText.line(rule.rule())));
      }
    }
    if (!sets.isEmpty()) {
      text.append(
          sets.stream()
              .map(set -> "  %10d  %s%n".formatted(set.entries(), PlainText.line(set.name())))
              .collect(Collectors.joining("", "\nsets\n", "")));
    }
    return text.toString().stripTrailing();
  }
}
