package io.hostfirewall.ruleset.trial;

import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.parse.SavedSet;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The sets by which the kernel itself holds the time of a trial, as text for {@code ipset restore}.
 * While a trial set has entries the new generation decides; they time out unless they are
 * confirmed.
 */
public final class TrialSets {

  /**
   * How much sooner the lease ends than the trial, so that a late confirm can never bring back what
   * has expired.
   */
  private static final Duration LEASE_MARGIN = Duration.ofSeconds(2);

  /** The shortest trial that leaves a lease, in seconds. */
  public static final long SHORTEST_SECONDS = LEASE_MARGIN.toSeconds() + 1;

  private static final String LEASE_ENTRY = "0.0.0.0/1";

  private TrialSets() {}

  /** Every address of a family as two networks, because hash:net refuses one of length 0. */
  private static List<String> everything(Family family) {
    return switch (family) {
      case IPV4 -> List.of("0.0.0.0/1", "128.0.0.0/1");
      case IPV6 -> List.of("::/1", "8000::/1");
    };
  }

  /** Creates what is missing of the trial sets, empty. */
  public static String create(Collection<Family> families, List<SavedSet> standing) {
    var names = standing.stream().map(SavedSet::name).collect(Collectors.toSet());
    var text = new StringBuilder();
    if (!names.contains(SetNames.lease())) {
      text.append(create(SetNames.lease(), Family.IPV4));
    }
    for (var family : families) {
      if (!names.contains(SetNames.trial(family))) {
        text.append(create(SetNames.trial(family), family));
      }
    }
    return text.toString();
  }

  private static String create(String name, Family family) {
    return "create " + name + " hash:net family " + family.setFamily() + " hashsize 64 timeout 0\n";
  }

  /**
   * Lets the new generation decide for a while. From here it is enforced.
   *
   * @param trial at least {@value #SHORTEST_SECONDS} s
   */
  public static String begin(Collection<Family> families, Duration trial) {
    var lease = trial.minus(LEASE_MARGIN).toSeconds();
    if (lease < 1) {
      throw new IllegalArgumentException("a trial takes at least " + SHORTEST_SECONDS + " s");
    }
    return "add %s %s timeout %d\n".formatted(SetNames.lease(), LEASE_ENTRY, lease)
        + entries(families, trial.toSeconds(), "");
  }

  /**
   * Lets the new generation decide for ever. Fails as a whole, and changes nothing, once the lease
   * has ended.
   */
  public static String confirm(Collection<Family> families) {
    return "del %s %s\n".formatted(SetNames.lease(), LEASE_ENTRY) + entries(families, 0, " -exist");
  }

  /** Lets the old generation decide. */
  public static String end(Collection<Family> families) {
    return "flush "
        + SetNames.lease()
        + "\n"
        + families.stream()
            .map(family -> "flush " + SetNames.trial(family) + "\n")
            .collect(Collectors.joining());
  }

  private static String entries(Collection<Family> families, long timeout, String option) {
    return families.stream()
        .flatMap(
            family ->
                everything(family).stream()
                    .map(
                        network ->
                            "add %s %s timeout %d%s\n"
                                .formatted(SetNames.trial(family), network, timeout, option)))
        .collect(Collectors.joining());
  }
}
