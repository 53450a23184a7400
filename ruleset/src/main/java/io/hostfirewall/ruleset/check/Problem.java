package io.hostfirewall.ruleset.check;

/**
 * Why a policy is refused.
 *
 * @param field the place in the object, such as {@code spec.ingress[0].rateLimit.burst}
 * @param message one sentence that says what is wrong and what to write instead
 */
public record Problem(String field, String message) {

  @Override
  public String toString() {
    return field + ": " + message;
  }
}
