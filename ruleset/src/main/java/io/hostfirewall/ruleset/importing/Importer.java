package io.hostfirewall.ruleset.importing;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.DefaultActions;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.api.v1alpha1.Protections;
import io.hostfirewall.api.v1alpha1.ReversePath;
import io.hostfirewall.ruleset.foreign.RulesFile;
import io.hostfirewall.ruleset.importing.ChainFollower.EntangledException;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes policies of rules that others wrote.
 *
 * <p>What is promised is about new connections to the node's own addresses, and about single
 * questions of ICMP, without the flags that only scanners send: the policies decide them as the
 * files do, but for those that a finding names as not carried over.
 */
public final class Importer {

  /** At most as many as one list of a policy may have. */
  private static final int RULES_OF_A_POLICY = 128;

  /**
   * What came of it.
   *
   * @param policies to be evaluated in this order; more than one only if there are too many rules
   * @param findings at least one for every rule of the files
   */
  public record Imported(List<HostFirewallPolicySpec> policies, List<Finding> findings) {
    public Imported {
      policies = List.copyOf(policies);
      findings = List.copyOf(findings);
    }
  }

  private final List<RulesFile> files;

  /** By the file itself: to compare two by what they hold takes as long as they are. */
  private final IdentityHashMap<RulesFile, Notes> notes = new IdentityHashMap<>();

  private final IdentityHashMap<RulesFile, SharedLimits> sharedLimits = new IdentityHashMap<>();
  private final List<LimitNotes> limitNotes = new ArrayList<>();
  private @Nullable ReversePath reversePath;
  private boolean entangled;

  private Importer(List<RulesFile> files) {
    this.files = files;
    files.forEach(file -> notes.put(file, new Notes(file.name())));
  }

  /**
   * Imports one file, or one of each family.
   *
   * @throws IllegalArgumentException if two are of one family
   */
  public static Imported of(List<RulesFile> files) {
    var families = files.stream().map(RulesFile::family).distinct().count();
    if (families < files.size()) {
      throw new IllegalArgumentException(
          "%s are all %s. Give one file of each family at a time."
              .formatted(
                  String.join(" and ", files.stream().map(RulesFile::name).toList()),
                  files.getFirst().family() == Family.IPV4 ? "IPv4" : "IPv6"));
    }
    return new Importer(files).run();
  }

  private Imported run() {
    var ingress = direction(Hook.INPUT);
    var forward = direction(Hook.FORWARD);
    var egress = direction(Hook.OUTPUT);
    files.forEach(file -> notesOf(file).at(null));
    limitNotes.forEach(LimitNotes::sayWhatIsLeft);
    files.forEach(file -> sharedLimitsOf(file).say());
    files.forEach(file -> new Leftovers(file, notesOf(file), entangled).say());
    files.forEach(file -> new Translations(file, notesOf(file)).say());
    files.forEach(file -> new Classics(file, notesOf(file), files.size() == 1).say());
    var findings = new ArrayList<Finding>();
    files.forEach(file -> findings.addAll(notesOf(file).findings()));
    return new Imported(policies(ingress, forward, egress), findings);
  }

  private Notes notesOf(RulesFile file) {
    return notes.computeIfAbsent(file, f -> new Notes(f.name()));
  }

  private SharedLimits sharedLimitsOf(RulesFile file) {
    return sharedLimits.computeIfAbsent(file, f -> new SharedLimits(f, notesOf(f)));
  }

  private Direction direction(Hook hook) {
    files.forEach(file -> notesOf(file).at(hook));
    return Direction.of(hook, files.stream().map(file -> side(file, hook)).toList());
  }

  private Direction.Side side(RulesFile file, Hook hook) {
    var follower = new ChainFollower(file, hook, notesOf(file), sharedLimitsOf(file));
    limitNotes.add(follower.limitNotes());
    var decisions = new ArrayList<Decision>();
    try {
      decisions.addAll(follower.follow());
    } catch (EntangledException e) {
      entangled = true;
      var all = Packets.all(file.family());
      var otherwise = hook == Hook.OUTPUT ? Action.ACCEPT : Action.DENY;
      decisions.add(Decision.plain(all, otherwise, 0, ""));
      notesOf(file)
          .notCarriedOver(
              0,
              "the chains behind %s have more ways through them than a policy can have rules. A long list of addresses is one HostFirewallAddressSet."
                  .formatted(hook),
              all);
    }
    follower.hidden().forEach((line, by) -> hidden(file, line, by));
    reversePath(file, follower.lineNotes().reversePath());
    return Direction.Side.of(file, notesOf(file), decisions);
  }

  /** A policy has one for both families: the looser, which drops nothing that a file lets pass. */
  private void reversePath(RulesFile file, @Nullable ReversePath asked) {
    if (asked == null) {
      return;
    }
    if (reversePath != null && reversePath != asked) {
      notesOf(file)
          .notCarriedOver(
              0,
              "one file asks for strict reverse paths and one for loose ones; a policy has one for"
                  + " both families, and it is Loose.",
              null);
    }
    reversePath = reversePath == ReversePath.LOOSE ? reversePath : asked;
  }

  private void hidden(RulesFile file, int line, int by) {
    if (!notesOf(file).speakOf(line)) {
      notesOf(file)
          .mistake(
              line,
              0,
              "no packet comes this far: line %d decides all that are left. Rules are tried from the top."
                  .formatted(by));
      notesOf(file).alreadySo(line, "it decides nothing, in the file as in the policy.");
    }
  }

  private List<HostFirewallPolicySpec> policies(
      Direction ingress, Direction forward, Direction egress) {
    var most = Stream.of(ingress, forward, egress).mapToInt(d -> d.rules().size()).max().orElse(0);
    var policies = new ArrayList<HostFirewallPolicySpec>();
    for (var from = 0; from == 0 || from < most; from += RULES_OF_A_POLICY) {
      var first = from == 0;
      policies.add(
          new HostFirewallPolicySpec(
              new LabelSelector(),
              first ? null : PolicyMerge.DEFAULT_PRIORITY + policies.size(),
              null,
              first ? defaults(ingress, forward, egress) : null,
              first ? protections() : null,
              null,
              null,
              first ? ingress.logging() : null,
              some(ingress, from),
              some(egress, from),
              some(forward, from)));
    }
    return policies;
  }

  private static @Nullable List<PolicyRule> some(Direction direction, int from) {
    var rules = direction.rules();
    return from >= rules.size()
        ? null
        : rules.subList(from, Math.min(from + RULES_OF_A_POLICY, rules.size()));
  }

  private static @Nullable DefaultActions defaults(
      Direction ingress, Direction forward, Direction egress) {
    var defaults = new DefaultActions(ingress.otherwise(), forward.otherwise(), egress.otherwise());
    return defaults.equals(new DefaultActions(null, null, null)) ? null : defaults;
  }

  private @Nullable Protections protections() {
    return reversePath == null ? null : new Protections(null, null, null, null, reversePath);
  }
}
