package io.hostfirewall.ruleset.compile;

import io.hostfirewall.api.v1alpha1.Action;
import io.hostfirewall.api.v1alpha1.Logging;
import io.hostfirewall.ruleset.merge.Direction;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.model.ContentHash;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Rule;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The lines that are logged: {@code hfw web-server/ssh Deny}. */
final class LogLines {

  private static final String OURS = "hfw ";

  /** As long as the other, so that nothing is cut that was not. */
  private static final String AUDIT = "hfa ";

  private static final int LONGEST_ACTION =
      Stream.of(Action.values()).map(LogLines::word).mapToInt(String::length).max().orElseThrow();

  private final LogTarget target;
  private final Family family;

  LogLines(LogTarget target, Family family) {
    this.target = target;
    this.family = family;
  }

  /**
   * The rule that logs a packet before what it is about decides it so; none if nobody asked for
   * that. All that is about the same shares one budget of lines.
   */
  List<Rule> before(Action action, @Nullable Logging logging, String about, Origin origin) {
    if (logging == null) {
      return List.of();
    }
    var words = OURS + shortened(about) + " " + word(action);
    return List.of(
        new Rule(List.of(Limiter.lines(about, logging, family)), target.verdict(words), origin));
  }

  /** The rule that logs what no rule of a list covers, before it meets the default action. */
  List<Rule> beforeDefault(Action action, EffectivePolicy policy, Direction direction) {
    var about = "default#" + direction.list();
    return policy
        .logging()
        .map(logging -> before(action, logging.value(), about, logging.origin()))
        .orElse(List.of());
  }

  /** How a line begins that only tells what would be decided. */
  static String audited(String prefix) {
    return AUDIT + prefix.substring(OURS.length());
  }

  /** A long name is cut, and what was cut stands for itself by a hash. */
  private String shortened(String name) {
    var room = target.room() - OURS.length() - 1 - LONGEST_ACTION;
    if (name.length() <= room) {
      return name;
    }
    var hash = ContentHash.of(name).substring(0, 6);
    return name.substring(0, room - hash.length() - 1) + "~" + hash;
  }

  /** As policies spell it. */
  private static String word(Action action) {
    return switch (action) {
      case ACCEPT -> "Accept";
      case DENY -> "Deny";
      case REJECT -> "Reject";
    };
  }
}
