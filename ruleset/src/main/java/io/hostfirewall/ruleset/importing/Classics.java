package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.foreign.RuleLine;
import io.hostfirewall.ruleset.foreign.RulesFile;
import io.hostfirewall.ruleset.foreign.RulesFile.Chain;
import io.hostfirewall.ruleset.importing.Condition.Never;
import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The mistakes that are made of what does not stand in a file. */
final class Classics {

  private final RulesFile file;
  private final Notes notes;
  private final boolean alone;

  Classics(RulesFile file, Notes notes, boolean alone) {
    this.file = file;
    this.notes = notes;
    this.alone = alone;
  }

  void say() {
    if (alone && file.family() == Family.IPV4) {
      notes.mistake(
          0,
          0,
          "there is no file for IPv6, so that every port is open there unless something else closes"
              + " it. The policy closes IPv6: give rules.v6 beside this file, or delete from:"
              + " [{networks: [0.0.0.0/0]}] from the rules that shall count in both.");
    } else if (alone) {
      notes.mistake(
          0,
          0,
          "there is no file for IPv4. The policy closes IPv4: give rules.v4 beside this file.");
    }
    chain("INPUT").filter(chain -> "DROP".equals(chain.policy())).ifPresent(this::closed);
    chain("FORWARD")
        .filter(chain -> "DROP".equals(chain.policy()))
        .ifPresent(
            chain ->
                notes.mistake(
                    chain.line(),
                    0,
                    "in a cluster this cuts off pods and NodePorts that no rule names, and it stays"
                        + " when rules are flushed. forward: Deny of a policy closes FORWARD to"
                        + " strangers and passes the cluster's own traffic."));
  }

  private Optional<Chain> chain(String name) {
    return file.table("filter").flatMap(table -> table.chain(name));
  }

  private void closed(Chain input) {
    var rules = rules();
    if (rules.stream().noneMatch(rule -> is(rule, Never.REPLIES))) {
      notes.mistake(
          input.line(),
          0,
          "no rule accepts ESTABLISHED, so that this host gets no answers. Host Firewall passes them.");
    }
    if (rules.stream().noneMatch(rule -> is(rule, Never.LOOPBACK))) {
      notes.mistake(
          input.line(),
          0,
          "no rule accepts -i lo, so that programs of this host do not reach each other. Host"
              + " Firewall passes them.");
    }
    if (file.family() == Family.IPV6 && rules.stream().noneMatch(Classics::isNeighbour)) {
      notes.mistake(
          input.line(),
          0,
          "no rule accepts neighbour discovery (ICMPv6 135 and 136), without which IPv6 does not"
              + " work at all. Host Firewall passes it.");
    }
  }

  private List<RuleLine> rules() {
    var rules = new ArrayList<RuleLine>();
    file.table("filter")
        .ifPresent(table -> table.chains().forEach(chain -> rules.addAll(chain.rules())));
    return rules;
  }

  private boolean is(RuleLine rule, Never kind) {
    return ConditionReader.read(rule, file.family(), Hook.INPUT, "filter", new Notes(file.name()))
            .never()
        == kind;
  }

  private static boolean isNeighbour(RuleLine rule) {
    var protocol =
        rule.options().stream()
            .filter(option -> option.name().equals("--protocol"))
            .anyMatch(option -> option.value().matches("icmpv6|ipv6-icmp|58|all|0"));
    var type =
        rule.options().stream().filter(option -> option.name().equals("--icmpv6-type")).findFirst();
    return protocol && type.map(t -> t.value().matches("13[56].*|neighbo.*|any")).orElse(true);
  }
}
