package io.hostfirewall.e2e.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Processor time of a program, of the programs that it runs, and of those that have ended. */
public final class ProcessorTime {

  /** Of {@code cutime} and {@code cstime} in {@code /proc/PID/stat}: USER_HZ is 100 on Linux. */
  private static final long TICK_NANOS = 10_000_000;

  private ProcessorTime() {}

  /** Nanoseconds used so far; those of programs that ended are known to 10 ms. */
  public static long nanos(ProcessHandle program) {
    return Stream.concat(Stream.of(program), program.descendants())
            .mapToLong(process -> living(process.pid()))
            .sum()
        + ended(program.pid());
  }

  private static long living(long pid) {
    try {
      return Libc.processorNanos(pid);
    } catch (IllegalStateException e) {
      return 0; // it has just ended
    }
  }

  private static long ended(long pid) {
    try {
      var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
      var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) * TICK_NANOS;
    } catch (IOException e) {
      throw new IllegalStateException("the program has ended", e);
    }
  }
}
