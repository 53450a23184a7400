package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.policyfile.PolicyText;
import io.hostfirewall.ruleset.importing.Importer.Imported;
import java.util.List;
import java.util.Map;

/**
 * What {@code import -o json} prints.
 *
 * @param policies as {@code kubectl apply} takes them
 * @param findings what became of each line, and the mistakes
 */
record ImportJson(List<Map<String, Object>> policies, List<Finding> findings) {

  /**
   * What there is to say of a place.
   *
   * @param line 0 for the file as a whole
   * @param column 0 for the line as a whole
   */
  record Finding(String file, int line, int column, String kind, String message) {}

  static ImportJson of(String name, Imported imported) {
    return new ImportJson(
        PolicyText.objects(name, imported.policies()),
        imported.findings().stream()
            .map(
                found ->
                    new Finding(
                        found.place().file(),
                        found.place().line(),
                        found.place().column(),
                        ImportReport.kind(found),
                        found.sentence()))
            .toList());
  }
}
