package io.hostfirewall.agent.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time since the machine started, sleep included (CLOCK_BOOTTIME, which /proc/uptime shows).
 * Nobody can set it: a clock that steps by a day makes no agent wait for a day.
 */
public final class BootClock implements InstantSource {

  private static final Path UPTIME = Path.of("/proc/uptime");
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  @Override
  public Instant instant() {
    return Instant.EPOCH.plus(sinceBoot());
  }

  /** The time since the machine started. */
  public static Duration sinceBoot() {
    try {
      var seconds = Files.readString(UPTIME).split(" ", 2)[0];
      return Duration.ofMillis(Math.round(Double.parseDouble(seconds) * 1000));
    } catch (IOException | NumberFormatException e) {
      return Duration.ofNanos(System.nanoTime());
    }
  }

  /** Different after every start of the machine; empty if the kernel does not say. */
  public static String bootId() {
    try {
      return Files.readString(BOOT_ID).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
