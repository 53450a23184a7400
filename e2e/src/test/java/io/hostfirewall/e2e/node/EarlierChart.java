package io.hostfirewall.e2e.node;

import io.hostfirewall.e2e.lab.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The chart from which people upgrade. */
final class EarlierChart {

  /** A commit that changes nothing of these leaves nothing to upgrade. */
  private static final List<String> WHAT_IS_INSTALLED =
      List.of("helm/host-firewall/templates", "helm/host-firewall/values.yaml");

  private EarlierChart() {}

  /**
   * Unpacks the chart as it was committed before its last change; without a history (a shallow
   * clone, an archive of the sources) it is the present one under an older version.
   */
  static Path unpackTo(Path folder) {
    try {
      Files.createDirectories(folder);
      var log = new ArrayList<>(List.of("log", "-2", "--format=%H", "--"));
      log.addAll(WHAT_IS_INSTALLED);
      var commits = git(log.toArray(String[]::new));
      var archive = folder.resolve("chart.tar");
      if (commits.exit() == 0 && commits.out().lines().count() == 2) {
        var commit = commits.out().lines().toList().getLast();
        git("archive", "--output=" + archive.toAbsolutePath(), commit, "helm/host-firewall")
            .orThrow(List.of("git", "archive"));
        Shell.run(List.of("tar", "-xf", archive.toString(), "-C", folder.toString()), "");
        return folder.resolve("helm/host-firewall");
      }
      var chart = folder.resolve("host-firewall");
      Shell.run(List.of("cp", "-r", Release.CHART.toString(), chart.toString()), "");
      var about = chart.resolve("Chart.yaml");
      Files.writeString(
          about, Files.readString(about).replaceFirst("(?m)^version: .*", "version: 0.0.1"));
      return chart;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Shell.Result git(String... arguments) {
    var builder = new ProcessBuilder("git", "-c", "safe.directory=*");
    builder.command().addAll(List.of(arguments));
    return Shell.attempt(builder.directory(Lab.PROJECT.toFile()), "");
  }
}
