package io.hostfirewall.ruleset.importing;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.PolicyRule;
import io.hostfirewall.ruleset.model.PortRange;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/** Finds names for rules: what their comment says, or the service that they are about. */
final class RuleNames {

  /** Leaves room for a number behind it. */
  private static final int LONGEST = 34;

  private final Set<String> given = new HashSet<>();

  /** A name that no rule of this list has. */
  String name(DraftRule draft) {
    var decision = draft.first();
    var slug = slug(decision.comment());
    return slug.isEmpty() || decision.line() == 0 ? byContent(decision) : slug;
  }

  /** The rule, by a name that no other has. */
  PolicyRule named(PolicyRule rule) {
    var name = rule.name();
    for (var number = 2; !given.add(name); number++) {
      name = rule.name() + "-" + number;
    }
    return new PolicyRule(
        name,
        rule.action(),
        rule.from(),
        rule.to(),
        rule.ports(),
        rule.icmp(),
        rule.protocols(),
        rule.interfaces(),
        rule.rateLimit(),
        rule.connectionLimit(),
        rule.logging());
  }

  private static String slug(String comment) {
    var plain = comment.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    var cut = plain.substring(0, Math.min(LONGEST, plain.length()));
    return cut.replaceAll("^-+|-+$", "");
  }

  private static String byContent(Decision decision) {
    var action =
        switch (decision.action()) {
          case ACCEPT -> "";
          case DENY -> "deny-";
          case REJECT -> "reject-";
        };
    return action + what(decision);
  }

  private static String what(Decision decision) {
    return switch (decision.packets().payload()) {
      case Payload.ToPorts(var protocols, var ports) -> {
        var protocol = protocols.size() == 1 ? protocols.iterator().next().text() : "any";
        var ranges = ports.ranges();
        yield ranges.size() == 1 ? one(protocol, ranges.getFirst()) : protocol + "-ports";
      }
      case Payload.Icmp(var types) ->
          types.stream().allMatch(type -> type.type() == 8 || type.type() == 128) ? "ping" : "icmp";
      case Payload.Numbers(var numbers) -> "protocol-" + numbers.iterator().next();
      case Payload.Anything() ->
          Packets.isEverything(decision.packets().sources())
              ? decision.action() == Action.ACCEPT ? "rest" : "all"
              : "networks";
    };
  }

  private static String one(String protocol, PortRange range) {
    if (range.first() == range.last()) {
      return ServiceNames.name(range.first()).orElse(protocol + "-" + range.first());
    }
    return range.equals(PortSet.ALL.ranges().getFirst())
        ? protocol
        : protocol + "-" + range.first() + "-" + range.last();
  }
}
