package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Proof;
import io.hostfirewall.agent.transaction.Wanted;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.Reader;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks the person at the terminal whether new connections still come in, while the new rules are on
 * trial. Who was locked out cannot answer, and that is an answer too.
 *
 * @param patience how long the person has
 */
record Question(Reader answers, PrintWriter terminal, Duration patience) implements Proof {

  /** What must be left of a trial to confirm it; the kernel's lease takes two seconds. */
  static final Duration MARGIN = Duration.ofSeconds(4);

  private static final Duration COUNT = Duration.ofSeconds(1);

  @Override
  public Optional<Objection> objection(Wanted wanted) {
    terminal.println("The new rules decide now. Open a second connection to this host to be sure.");
    var answer = new FutureTask<>(() -> new BufferedReader(answers).readLine());
    Thread.ofPlatform().daemon().name("answer").start(answer);
    try {
      return judged(wait(answer));
    } catch (ExecutionException e) {
      return objection("the answer could not be read");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return objection("interrupted while waiting for an answer");
    } finally {
      terminal.println();
      terminal.flush();
    }
  }

  private String wait(FutureTask<String> answer) throws InterruptedException, ExecutionException {
    for (var left = patience; left.isPositive(); left = left.minus(COUNT)) {
      terminal.print(
          "\rCan you still connect? [y/N] (the old rules come back in %2d s) "
              .formatted(left.toSeconds()));
      terminal.flush();
      try {
        var line = answer.get(COUNT.toMillis(), TimeUnit.MILLISECONDS);
        return line == null ? "" : line;
      } catch (TimeoutException e) {
        // Nobody answered yet.
      }
    }
    return "";
  }

  private static Optional<Objection> judged(String answer) {
    return switch (answer.strip().toLowerCase(Locale.ROOT)) {
      case "y", "yes" -> Optional.empty();
      case "" -> objection("nobody said that they can still connect");
      default -> objection("the answer was \"" + answer.strip() + "\"");
    };
  }

  private static Optional<Objection> objection(String sentence) {
    return Optional.of(new Objection(Outcome.Why.NOT_CONFIRMED, sentence));
  }
}
