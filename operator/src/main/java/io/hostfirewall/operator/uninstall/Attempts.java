package io.hostfirewall.operator.uninstall;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the API server until it answers or the time is over, then says so and goes on. That
 * something is not there, a kind included, is an answer.
 */
record Attempts(Deadline deadline, Progress progress) {

  /** Answers that asking again does not change. */
  private static final Set<Integer> FINAL =
      Set.of(
          HttpURLConnection.HTTP_BAD_REQUEST,
          HttpURLConnection.HTTP_UNAUTHORIZED,
          HttpURLConnection.HTTP_FORBIDDEN,
          422);

  void run(String what, Runnable request) throws InterruptedException {
    ask(
        what,
        () -> {
          request.run();
          return null;
        });
  }

  /** The answer; the other one if there is none. */
  <T> T askOr(String what, T otherwise, Supplier<T> request) throws InterruptedException {
    var answer = ask(what, request);
    return answer == null ? otherwise : answer;
  }

  <T> @Nullable T ask(String what, Supplier<@Nullable T> request) throws InterruptedException {
    while (true) {
      try {
        return request.get();
      } catch (KubernetesClientException e) {
        if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
          return null;
        }
        if (FINAL.contains(e.getCode()) || deadline.passed()) {
          progress.say("could not %s: %s".formatted(what, e.getMessage()));
          return null;
        }
      }
      Thread.sleep(deadline.pause());
    }
  }

  /** One try, for what is asked again anyway. */
  static <T> T once(T otherwise, Supplier<T> request) {
    try {
      return request.get();
    } catch (KubernetesClientException e) {
      return otherwise;
    }
  }
}
