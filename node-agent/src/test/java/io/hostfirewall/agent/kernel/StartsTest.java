package io.hostfirewall.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A process that starts programs is stopped at any moment, and looked at. */
class StartsTest {

  /** Without a lock two starts met within 11 of them, measured. */
  private static final int STOPS = 150;

  private static final int STOPS_OF_CONTROL = 5_000;

  private static final int THREADS = 3;

  private static final List<String> PROGRAM = List.of("true");

  /** Starts programs without end. */
  static final class Starter {

    private static final Callable<Object> LOCKED = () -> Commands.here().attempt(PROGRAM, "");
    private static final Callable<Object> BARE =
        () -> new ProcessBuilder(PROGRAM).start().waitFor();

    public static void main(String[] words) {
      var start = words[0].equals("bare") ? BARE : LOCKED;
      for (var i = 0; i < THREADS; i++) {
        Thread.ofPlatform().start(() -> startForEver(start));
      }
    }

    private static void startForEver(Callable<Object> start) {
      try {
        while (true) {
          var _ = start.call();
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  @Timeout(60)
  void two_programs_are_never_being_started_at_once() throws Exception {
    assertThat(mostStartsAtOnce("locked", STOPS)).isEqualTo(1);
    assertThat(mostStartsAtOnce("bare", STOPS_OF_CONTROL))
        .as("control: without a lock")
        .isGreaterThan(1);
  }

  private static long mostStartsAtOnce(String how, int limit) throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var path = System.getProperty("java.class.path");
    var starter =
        new ProcessBuilder(java, "-cp", path, Starter.class.getName(), how).inheritIO().start();
    try {
      var most = 0L;
      for (var stops = 0; most == 0 || (most == 1 && stops < limit); stops++) {
        assertThat(starter.isAlive()).isTrue();
        signal("STOP", starter);
        most = Math.max(most, starter.children().filter(StartsTest::isBeingStarted).count());
        signal("CONT", starter);
      }
      return most;
    } finally {
      starter.destroyForcibly().waitFor();
    }
  }

  private static void signal(String name, Process process) throws Exception {
    var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO();
    assertThat(kill.start().waitFor()).isZero();
  }

  private static boolean isBeingStarted(ProcessHandle process) {
    try {
      var name = Files.readString(Path.of("/proc", Long.toString(process.pid()), "comm"));
      return name.strip().equals("jspawnhelper");
    } catch (IOException e) {
      return false; // It has ended.
    }
  }
}
