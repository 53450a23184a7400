package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.cli.LintReport.Ineffective;
import io.hostfirewall.agent.policyfile.Expectation;
import io.hostfirewall.agent.policyfile.ExpectationFile;
import io.hostfirewall.agent.policyfile.FileProblem;
import io.hostfirewall.agent.policyfile.PolicyFiles;
import io.hostfirewall.ruleset.lint.Finding;
import io.hostfirewall.ruleset.lint.PolicyLint;
import io.hostfirewall.ruleset.space.TooManyPartsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tests policies. */
@Command(
    name = "verify",
    description = {
      "Tests policies: sends packets through them and compares what becomes of them with what is"
          + " expected. Needs no rights.",
      "Ends with 1 if something is not as expected."
    },
    footer = {
      "",
      "A file of expectations:",
      "  expect:",
      "    - {packet: 'tcp 203.0.113.7 > :22', verdict: Deny}",
      "    - packet: tcp 198.51.100.8 > :22",
      "      verdict: Accept",
      "      policy: ssh-from-office   # optional: which policy decides",
      "      rule: ssh                 # optional: which of its rules",
      "Beside expect, cluster tells of nodes, pods and address sets of a cluster, and node which of",
      "its nodes the packets meet; see docs/verify.md."
    },
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {

  @Mixin private PolicyOptions policies = new PolicyOptions();

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Write the results as JUnit XML too.")
  private @Nullable Path report;

  @Option(
      names = "--lint",
      description =
          "Find rules, parts of rules, limits and settings that have no effect, whatever the packet.")
  private boolean lint;

  @Parameters(
      paramLabel = "EXPECTATIONS",
      arity = "0..*",
      description =
          "YAML files of packets and what should become of them, or folders of such files.")
  private List<String> expectations = List.of();

  @Mixin private OutputOptions output = new OutputOptions();

  @Override
  public Integer call() {
    if (expectations.isEmpty() && !lint) {
      throw Failure.invalid("nothing is to be verified. Name a file of expectations, or --lint.");
    }
    var files = policies.open();
    var read = read();
    var hypotheses = new Hypotheses(policies, files);
    var results =
        read.stream()
            .map(e -> VerifyReport.Result.of(e, hypotheses.of(e).explain(e.question())))
            .toList();
    var verification = new VerifyReport(results, lint ? lint(files, read) : null);
    if (report != null) {
      write(report, JUnitXml.of(verification));
    }
    output.print(VerifyJson.of(verification), json -> verification.text().stripTrailing());
    return verification.isGood() ? ExitCode.DONE : ExitCode.DIFFERS;
  }

  private List<Expectation> read() {
    var read = ExpectationFile.read(expectations, Hypothesis.uplink(policies.uplinks()));
    Failure.unlessEmpty(read.problems());
    return read.expectations();
  }

  /** Each finding with its place in a file. */
  private LintReport lint(PolicyFiles files, List<Expectation> expectations) {
    var read = files.inCluster(Hypotheses.addressSets(expectations));
    try {
      var selected = policies.selected(PolicyOptions.policies(read));
      var findings =
          policies.isOfOneNode()
              ? PolicyLint.findingsOnOneNode(selected)
              : PolicyLint.findings(selected);
      return new LintReport(
          findings.stream()
              .map(finding -> new Ineffective(finding.kind(), problem(read, finding)))
              .toList());
    } catch (TooManyPartsException e) {
      throw Failure.invalid("--lint: " + e.getMessage() + ".");
    }
  }

  private static FileProblem problem(PolicyFiles.Read read, Finding finding) {
    return read.places()
        .problem(
            finding.policy(),
            finding.field(),
            finding.rule().isEmpty()
                ? finding.sentence()
                : "rule \"%s\" %s".formatted(finding.rule(), finding.sentence()));
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw Failure.invalid("--report: %s cannot be written.".formatted(file));
    }
  }
}
