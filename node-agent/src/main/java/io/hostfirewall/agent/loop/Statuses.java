package io.hostfirewall.agent.loop;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.HostFirewallNodeStateStatus;
import io.hostfirewall.api.v1alpha1.NodePhase;
import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.ContentHash;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes statuses. Nothing in them changes unless something happened, so that equal ones need not be
 * written.
 */
final class Statuses {

  private static final int LONGEST_MESSAGE = 256;

  private final String backend;
  private final String agentVersion;
  private final Collection<Family> families;
  private final List<Remark> remarks;
  private final Clock clock;

  /** The hash of many networks takes a while, and is asked for again and again. */
  private @Nullable Wanted hashed;

  private String addressSetsHash = "";

  Statuses(
      String backend,
      String agentVersion,
      Collection<Family> families,
      List<Remark> remarks,
      Clock clock) {
    this.backend = backend;
    this.agentVersion = agentVersion;
    this.families = families;
    this.remarks = List.copyOf(remarks);
    this.clock = clock;
  }

  /**
   * The status of a node.
   *
   * @param reason one word in CamelCase on why it is not as it shall be; empty if the phase says it
   * @param enforced what was read back from the kernel, if that is known
   * @param findings what else was found
   * @param before the status until now
   */
  HostFirewallNodeStateStatus of(
      @Nullable Long observedGeneration,
      NodePhase phase,
      String reason,
      Optional<Wanted> enforced,
      String message,
      Findings findings,
      @Nullable HostFirewallNodeStateStatus before) {
    var revision = enforced.map(Wanted::revision).orElse(before == null ? null : before.revision());
    var hash = enforced.map(Wanted::hash).orElse(before == null ? null : before.rulesetHash());
    var sets = enforced.map(this::hash).orElse(before == null ? null : before.addressSetsHash());
    var unchanged =
        before != null && same(before.revision(), revision) && same(before.rulesetHash(), hash);
    return new HostFirewallNodeStateStatus(
        observedGeneration,
        phase,
        revision,
        hash,
        sets,
        backend,
        agentVersion,
        unchanged && before.appliedAt() != null ? before.appliedAt() : now(phase, before),
        message.isEmpty() ? null : shortened(message),
        conditions(phase, reason.isEmpty() ? reason(phase) : reason, message, findings, before));
  }

  private @Nullable String now(NodePhase phase, @Nullable HostFirewallNodeStateStatus before) {
    if (phase == NodePhase.APPLIED) {
      return time();
    }
    return before == null ? null : before.appliedAt();
  }

  private String time() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static boolean same(@Nullable String one, @Nullable String other) {
    return one == null ? other == null : one.equals(other);
  }

  /** A hash of the address sets: not of the node's own sets, which change with every pod. */
  private String hash(Wanted wanted) {
    if (!wanted.equals(hashed)) {
      hashed = wanted;
      addressSetsHash =
          wanted.isNothing()
              ? ""
              : ContentHash.shortOf(
                  wanted.liveSets().stream()
                      .filter(set -> set.name().startsWith(SetNames.addressSetPrefix(set.family())))
                      .map(IpSet::toString)
                      .collect(Collectors.joining("\n")));
    }
    return addressSetsHash;
  }

  private List<Condition> conditions(
      NodePhase phase,
      String reason,
      String message,
      Findings findings,
      @Nullable HostFirewallNodeStateStatus before) {
    var conditions = new ArrayList<Condition>();
    var ready = phase == NodePhase.APPLIED;
    conditions.add(
        condition(
            "Ready",
            ready,
            reason,
            ready ? "What is wanted was read back from the kernel." : message,
            before));
    if (!findings.lastDrift().isEmpty()) {
      var drifted = phase == NodePhase.DRIFTED;
      conditions.add(
          condition(
              "Drifted", drifted, drifted ? "NotHealed" : "Healed", findings.lastDrift(), before));
    }
    if (!findings.contestedBy().isEmpty()) {
      conditions.add(
          condition("JumpContested", true, "ForeignAcceptAbove", findings.contestedBy(), before));
    }
    if (!findings.droppedBelow().isEmpty()) {
      conditions.add(
          condition(
              "ForeignDropBelow",
              true,
              "MayDropAccepted",
              String.join("; ", findings.droppedBelow()),
              before));
    }
    if (!findings.bypassed().isEmpty()) {
      conditions.add(
          condition("NotEnforceable", true, "ServicesBypassed", findings.bypassed(), before));
    }
    if (!findings.otherBackEnd().isEmpty()) {
      conditions.add(
          condition("OtherBackEndInUse", true, "TwoBackEnds", findings.otherBackEnd(), before));
    }
    if (!findings.exhausted().isEmpty()) {
      conditions.add(
          condition("ConnectionsExhausted", true, "TableNearlyFull", findings.exhausted(), before));
    }
    if (!findings.notUntracked().isEmpty()) {
      conditions.add(
          condition(
              "UntrackedSSHUnsupported", true, "MissingInKernel", findings.notUntracked(), before));
    }
    if (!findings.journalProblem().isEmpty()) {
      conditions.add(
          condition(
              "JournalUnwritable", true, "NotRestoredLater", findings.journalProblem(), before));
    }
    if (!families.contains(Family.IPV6)) {
      conditions.add(
          condition(
              "IPv6Absent", true, "KernelWithoutIPv6", "This node's kernel has no IPv6.", before));
    }
    remarks.forEach(
        remark ->
            conditions.add(
                condition(remark.type(), true, remark.reason(), remark.message(), before)));
    return conditions;
  }

  private Condition condition(
      String type,
      boolean status,
      String reason,
      String message,
      @Nullable HostFirewallNodeStateStatus before) {
    var word = status ? "True" : "False";
    var since =
        conditions(before).stream()
            .filter(c -> c.getType().equals(type) && c.getStatus().equals(word))
            .findFirst()
            .map(Condition::getLastTransitionTime)
            .orElseGet(this::time);
    return new ConditionBuilder()
        .withType(type)
        .withStatus(word)
        .withReason(reason)
        .withMessage(shortened(message))
        .withLastTransitionTime(since)
        .build();
  }

  private static List<Condition> conditions(@Nullable HostFirewallNodeStateStatus status) {
    return status == null || status.conditions() == null ? List.of() : status.conditions();
  }

  private static String reason(NodePhase phase) {
    return switch (phase) {
      case PENDING -> "Pending";
      case TRIAL -> "OnTrial";
      case APPLIED -> "Applied";
      case ROLLED_BACK -> "RolledBack";
      case FAILED -> "Failed";
      case DRIFTED -> "Drifted";
    };
  }

  private static String shortened(String message) {
    return message.length() <= LONGEST_MESSAGE
        ? message
        : message.substring(0, LONGEST_MESSAGE - 1) + "…";
  }
}
