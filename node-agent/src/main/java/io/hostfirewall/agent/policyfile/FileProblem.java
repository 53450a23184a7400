package io.hostfirewall.agent.policyfile;

/**
 * Why a file is refused.
 *
 * @param line 1-based; 0 for the file as a whole
 * @param column 1-based; 0 for the line as a whole
 * @param field the place in the object; empty if there is none
 */
public record FileProblem(String file, int line, int column, String field, String message) {

  /** Of a whole line. */
  FileProblem(String file, int line, String field, String message) {
    this(file, line, 0, field, message);
  }

  /** {@code web.yaml:14:3: spec.ingress[2].rateLimit.brust: unknown field}. */
  @Override
  public String toString() {
    return (file.isEmpty() ? "\"\"" : file)
        + (line > 0 ? ":" + line : "")
        + (column > 0 ? ":" + column : "")
        + ": "
        + (field.isEmpty() ? "" : field + ": ")
        + message;
  }
}
