package io.hostfirewall.ruleset.model;

/**
 * How often, as the kernel keeps it: {@code xt_hashlimit} stores the microseconds between two
 * packets, and iptables prints the largest unit in which the number comes out nearly whole ({@code
 * print_rate} of libxt_hashlimit.c). Two rates are equal exactly when the kernel cannot tell them
 * apart.
 *
 * @param count packets per unit
 */
public record Rate(long count, Unit unit) {

  /** Units of time as iptables prints them, largest first. */
  public enum Unit {
    DAY("day", 86_400),
    HOUR("hour", 3_600),
    MINUTE("min", 60),
    SECOND("sec", 1);

    private final String text;
    private final long seconds;

    Unit(String text, long seconds) {
      this.text = text;
      this.seconds = seconds;
    }

    public String text() {
      return text;
    }

    public long seconds() {
      return seconds;
    }

    private long micros() {
      return seconds * 1_000_000;
    }
  }

  /** The rate as it reads back after {@code count} per {@code unit} was written. */
  public static Rate asKept(long count, Unit unit) {
    var period = unit.micros() / count;
    var printed = Unit.DAY;
    for (var smaller : Unit.values()) {
      if (period > smaller.micros() || smaller.micros() / period < smaller.micros() % period) {
        break;
      }
      printed = smaller;
    }
    return new Rate(printed.micros() / period, printed);
  }

  /** Whether this many per unit mean the same, without rounding. */
  public boolean equalsExactly(long otherCount, Unit otherUnit) {
    return count * otherUnit.seconds() == otherCount * unit.seconds();
  }

  /** Seconds until a source that has spent {@code packets} has them all back, rounded up. */
  public long secondsFor(long packets) {
    return Math.ceilDiv(packets * unit.seconds(), count);
  }

  @Override
  public String toString() {
    return count + "/" + unit.text();
  }
}
