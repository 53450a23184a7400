package io.hostfirewall.agent.cli;

import io.hostfirewall.ruleset.compile.LogTarget;
import java.util.Locale;
import picocli.CommandLine.Option;

/** Where packets are logged of which a policy says so. */
final class LogOptions {

  /** The highest number of a group (nfnetlink_log counts them in 16 bits). */
  private static final int LAST_GROUP = 65_535;

  /** Kinds of log. */
  enum Kind {
    KERNEL,
    NFLOG;

    /** As it is written on a command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--log-target",
      paramLabel = "kernel|nflog",
      defaultValue = "kernel",
      description =
          "Where to log packets of which a policy says so: the kernel's log, or a group of nfnetlink_log that ulogd"
              + " and others read.")
  private Kind kind = Kind.KERNEL;

  @Option(
      names = "--log-group",
      paramLabel = "NUMBER",
      defaultValue = "0",
      description = "Which group, with --log-target=nflog (default: ${DEFAULT-VALUE}).")
  private int group;

  LogTarget target() {
    if (group < 0 || group > LAST_GROUP) {
      throw Failure.invalid(
          "--log-group: must be from 0 to %d, not %d.".formatted(LAST_GROUP, group));
    }
    return switch (kind) {
      case KERNEL -> new LogTarget.Kernel();
      case NFLOG -> new LogTarget.Group(group);
    };
  }
}
