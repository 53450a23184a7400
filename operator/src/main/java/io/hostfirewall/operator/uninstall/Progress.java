package io.hostfirewall.operator.uninstall;

import java.io.PrintWriter;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * What the uninstaller prints: a line for each thing that is done, with the time since it began.
 */
record Progress(PrintWriter out, Clock clock, Instant began) {

  static Progress to(PrintWriter out) {
    var clock = Clock.systemUTC();
    return new Progress(out, clock, clock.instant());
  }

  void say(String line) {
    var seconds = Duration.between(began, clock.instant()).toMillis() / 1000.0;
    out.println(String.format(Locale.ROOT, "%6.1f s  %s", seconds, line));
    out.flush();
  }
}
