import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/**
 * Adds up the XML reports of surefire and failsafe, tier by tier. Every test class in the sources must have a report younger than the start of the run: a class
 * without one (the build stopped earlier, the JVM crashed) is a failure, so nothing goes missing.
 *
 * <p>Arguments: Maven's exit code, the start of the run in seconds since 1970, and the tiers that were to run; {@code TIER=not-run} for one that could not.
 * Exits with 1 if anything failed or, where the variable CI is set, was skipped or could not run.
 */
void main(String[] args) throws Exception {
  int mavenExit = Integer.parseInt(args[0]);
  Instant start = Instant.ofEpochSecond(Long.parseLong(args[1]));
  Map<Tier, Boolean> tiers = new EnumMap<>(Tier.class);
  for (String tier : List.of(args).subList(2, args.length)) {
    tiers.put(
        Tier.valueOf(tier.replace("=not-run", "").toUpperCase(Locale.ROOT)),
        !tier.endsWith("=not-run"));
  }
  boolean ci = !System.getenv().getOrDefault("CI", "").isEmpty();

  var results = new EnumMap<Tier, Result>(Tier.class);
  tiers.keySet().forEach(tier -> results.put(tier, new Result()));
  Set<String> testClasses = testClasses();
  Set<String> reported = readReports(start, testClasses, results);
  for (String testClass : testClasses) {
    Tier tier = Tier.of(testClass);
    Boolean ran = tiers.get(tier);
    if (ran == null || reported.contains(testClass)) {
      continue;
    }
    if (ran) {
      results.get(tier).fail(testClass + " left no report: it crashed or was never reached");
    } else if (ci) {
      results.get(tier).fail(testClass + " could not run");
    } else {
      results.get(tier).skip(testClass + " could not run");
    }
  }
  tiers.forEach(
      (tier, ran) -> {
        if (!ran && ci && results.get(tier).failed == 0) {
          results.get(tier).fail("the tier " + tier.title + " could not run");
        }
      });

  int passed = results.values().stream().mapToInt(result -> result.passed).sum();
  int failed = results.values().stream().mapToInt(result -> result.failed).sum();
  int skipped = results.values().stream().mapToInt(result -> result.skipped).sum();
  if (mavenExit != 0 && failed == 0) {
    IO.println("The build failed; see target/test.log.");
    failed = 1;
  }
  if (passed + failed + skipped == 0) {
    IO.println("No test was run.");
    failed = 1;
  }

  IO.println("");
  results.values().forEach(result -> result.remarks.forEach(IO::println));
  if (failed > 0) {
    IO.println("See target/test.log and the reports in */target/*-reports.");
  }
  results.forEach(
      (tier, result) ->
          IO.println(
              "%-38s %4d passed %3d failed %3d skipped %6.1f s%s"
                  .formatted(
                      tier.title,
                      result.passed,
                      result.failed,
                      result.skipped,
                      result.seconds,
                      tiers.get(tier) ? "" : "  (could not run)")));
  IO.println("%d passed, %d failed, %d skipped".formatted(passed, failed, skipped));
  System.exit(failed > 0 || (ci && skipped > 0) ? 1 : 0);
}

enum Tier {
  JVM("JVM: unit and property tests"),
  KERNEL("kernel: real packets, *KernelIT"),
  CLUSTER("cluster: real API server, *ClusterIT"),
  NODES("nodes: kubelets, images, chart, *NodesIT");

  final String title;

  Tier(String title) {
    this.title = title;
  }

  static Tier of(String testClass) {
    if (testClass.endsWith("KernelIT")) {
      return KERNEL;
    }
    if (testClass.endsWith("ClusterIT")) {
      return CLUSTER;
    }
    return testClass.endsWith("NodesIT") ? NODES : JVM;
  }
}

static final class Result {
  int passed;
  int failed;
  int skipped;
  double seconds;
  final List<String> remarks = new ArrayList<>();

  void fail(String remark) {
    failed++;
    remarks.add("FAILED  " + remark);
  }

  void skip(String remark) {
    skipped++;
    remarks.add("skipped " + remark);
  }
}

static final Pattern TEST_SOURCE =
    Pattern.compile(".*/src/test/java/(.*(?:Tests?|TestCase|KernelIT|ClusterIT|NodesIT))\\.java");

/** The names of the test classes in the sources, without the abstract ones. */
Set<String> testClasses() throws IOException {
  var names = new LinkedHashSet<String>();
  for (Path file : files("src/test/java")) {
    var matcher = TEST_SOURCE.matcher(file.toString());
    if (matcher.matches()) {
      String name = matcher.group(1).replace('/', '.');
      String simple = name.substring(name.lastIndexOf('.') + 1);
      if (!Files.readString(file)
          .matches("(?s).*\\b(abstract class|interface|@interface) " + simple + "\\b.*")) {
        names.add(name);
      }
    }
  }
  return names;
}

/** Adds the reports to the results and returns the names of the top-level classes they are about. */
Set<String> readReports(Instant start, Set<String> testClasses, Map<Tier, Result> results)
    throws Exception {
  var classes = new LinkedHashSet<String>();
  var parser = DocumentBuilderFactory.newInstance().newDocumentBuilder();
  var reports = new ArrayList<Path>(files("target/surefire-reports"));
  reports.addAll(files("target/failsafe-reports"));
  for (Path report : reports) {
    String file = report.getFileName().toString();
    if (!file.startsWith("TEST-")
        || !file.endsWith(".xml")
        || Files.getLastModifiedTime(report).toInstant().isBefore(start)) {
      continue;
    }
    Element suite = parser.parse(report.toFile()).getDocumentElement();
    String testClass = suite.getAttribute("name").replaceFirst("\\$.*", "");
    Result result = results.get(Tier.of(testClass));
    if (result == null || !testClasses.contains(testClass)) {
      continue; // not asked for, or a class file whose source is gone
    }
    classes.add(testClass);
    result.seconds += Double.parseDouble(suite.getAttribute("time").replace(",", ""));
    var cases = suite.getElementsByTagName("testcase");
    for (int i = 0; i < cases.getLength(); i++) {
      var test = (Element) cases.item(i);
      String name = test.getAttribute("classname") + "." + test.getAttribute("name");
      if (has(test, "failure") || has(test, "error")) {
        result.fail(name + reason(test));
      } else if (has(test, "skipped")) {
        result.skip(name);
      } else {
        result.passed++;
      }
    }
    if (cases.getLength() == 0) {
      result.fail(testClass + " reported no test");
    }
  }
  return classes;
}

static final int LINES_OF_A_REASON = 20;

/** What the test said when it failed, as far as it helps where only the totals are seen. */
String reason(Element test) {
  var said = (Element) test.getElementsByTagName(has(test, "failure") ? "failure" : "error").item(0);
  var lines = said.getAttribute("message").lines().filter(line -> !line.isBlank());
  return lines.limit(LINES_OF_A_REASON).map(line -> "\n    " + line).collect(Collectors.joining());
}

boolean has(Element test, String child) {
  return test.getElementsByTagName(child).getLength() > 0;
}

/** The files in that folder of every module. */
List<Path> files(String folder) throws IOException {
  var found = new ArrayList<Path>();
  try (var modules = Files.list(Path.of("."))) {
    for (Path module : modules.sorted().toList()) {
      Path root = module.resolve(folder);
      if (Files.isDirectory(root)) {
        try (var tree = Files.walk(root)) {
          tree.filter(Files::isRegularFile).sorted().forEach(found::add);
        }
      }
    }
  }
  return found;
}
