package io.hostfirewall.agent.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How full the kernel's table of connections is. A kernel that can track no more of them drops each
 * new one, whatever the rules say.
 */
public final class ConnectionTable {

  private static final System.Logger LOG = System.getLogger(ConnectionTable.class.getName());

  private static final Path KERNEL = Path.of("/proc/sys/net/netfilter");

  /** In percent; what is left lasts until the next look, unless somebody floods the node. */
  static final int FULL = 95;

  /** In percent; a table that is full again and again is no news each time. */
  static final int RELIEVED = 90;

  private final Path folder;
  private Optional<Level> exhausted = Optional.empty();

  /**
   * @param folder in which the kernel tells
   */
  public ConnectionTable(Path folder) {
    this.folder = folder;
  }

  public static ConnectionTable ofThisHost() {
    return new ConnectionTable(KERNEL);
  }

  /**
   * What the kernel tracks.
   *
   * @param max of how many at most; 0 for as many as there are
   */
  private record Level(long count, long max) {
    boolean isAtLeast(int percent) {
      return max > 0 && count * 100 >= max * percent;
    }
  }

  /** Looks whether it is nearly full. */
  public boolean look() {
    var now = read();
    var before = exhausted;
    exhausted =
        now.filter(level -> level.isAtLeast(before.isPresent() ? RELIEVED : FULL))
            .map(before::orElse);
    if (exhausted.isPresent() != before.isPresent()) {
      now.ifPresent(
          level ->
              LOG.log(
                  System.Logger.Level.WARNING,
                  "the kernel tracks {0} connections of at most {1}",
                  String.valueOf(level.count()),
                  String.valueOf(level.max())));
    }
    return exhausted.isPresent();
  }

  /**
   * One sentence, the same for as long as it is nearly full; empty if it was not when somebody last
   * looked.
   *
   * @param sparing whether SSH of administrators does not need the table
   */
  public String exhausted(boolean sparing) {
    return exhausted.map(level -> sentence(level, sparing)).orElse("");
  }

  private static String sentence(Level level, boolean sparing) {
    return ("the kernel tracked %d connections of at most %d, and a full table drops new ones before"
            + " any rule%s. Raise nf_conntrack_max, or find out who opens them")
        .formatted(
            level.count(), level.max(), sparing ? ", all but SSH of agent.adminNetworks" : "");
  }

  /** Empty where the kernel tracks nothing, or does not tell. */
  private Optional<Level> read() {
    try {
      return Optional.of(new Level(number("nf_conntrack_count"), number("nf_conntrack_max")));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private long number(String file) throws IOException {
    return Sysctl.number(folder.resolve(file));
  }
}
