package io.hostfirewall.agent.policyfile;

/**
 * Why a file is refused.
 *
 * @param line 1-based; 0 for the file as a whole
 * @param field the place in the object; empty if there is none
 */
public record FileProblem(String file, int line, String field, String message) {

  /** {@code web.yaml:14: spec.ingress[2].rateLimit.brust: unknown field}. */
  @Override
  public String toString() {
    return file
        + (line > 0 ? ":" + line : "")
        + ": "
        + (field.isEmpty() ? "" : field + ": ")
        + message;
  }
}
