package io.hostfirewall.e2e.kernel;

import java.time.Duration;
import org.assertj.core.api.AbstractAssert;

/** Claims about what a client got. */
final class AnswersAssert extends AbstractAssert<AnswersAssert, Answers> {

  private AnswersAssert(Answers actual) {
    super(actual, AnswersAssert.class);
  }

  static AnswersAssert assertThat(Answers answers) {
    return new AnswersAssert(answers);
  }

  /** So many connections were accepted; the host did not even see the others. */
  AnswersAssert accepted(long count) {
    expect("accepted connections", count, actual.accepted());
    expect("packets delivered", count, actual.delivered().size());
    return expect("answers of any kind", count, actual.returned().size());
  }

  /**
   * As many connections were accepted as are left of the burst, and those that the rate allowed
   * since the first of them.
   */
  AnswersAssert acceptedBurst(long burst, Duration perToken, long sinceNanos) {
    long earned = Duration.ofNanos(System.nanoTime() - sinceNanos).dividedBy(perToken) + 1;
    if (actual.accepted() < burst || actual.accepted() > burst + earned) {
      failWithMessage(
          "Expected %d accepted connections and at most %d more: %s", burst, earned, summary());
    }
    return this;
  }

  /** So many echo requests were answered. */
  AnswersAssert echoed(long count) {
    return expect("echo replies", count, actual.echoed());
  }

  /** So many connections were refused by a reset. */
  AnswersAssert reset(long count) {
    return expect("resets", count, actual.reset());
  }

  /** So many ICMP errors came back. */
  AnswersAssert unreachable(long count) {
    return expect("ICMP errors", count, actual.unreachable());
  }

  /** So many packets reached the host behind all rules. */
  AnswersAssert delivered(long count) {
    return expect("packets delivered", count, actual.delivered().size());
  }

  /** Nothing came back and nothing reached the host. */
  AnswersAssert vanished() {
    expect("packets delivered", 0, actual.delivered().size());
    return expect("answers", 0, actual.returned().size());
  }

  private AnswersAssert expect(String what, long expected, long found) {
    if (found != expected) {
      failWithMessage("Expected %d %s, found %d: %s", expected, what, found, summary());
    }
    return this;
  }

  private String summary() {
    return "%d sent in %d ms; %d accepted, %d resets, %d echoes, %d ICMP errors of %d answers; %d delivered; first: %s"
        .formatted(
            actual.sent(),
            actual.took().toMillis(),
            actual.accepted(),
            actual.reset(),
            actual.echoed(),
            actual.unreachable(),
            actual.returned().size(),
            actual.delivered().size(),
            actual.returned().stream().limit(3).toList());
  }
}
