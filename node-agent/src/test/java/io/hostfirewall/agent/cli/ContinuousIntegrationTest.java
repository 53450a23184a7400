package io.hostfirewall.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

/**
 * What the pages tell people to write for GitHub Actions and pre-commit is run as it stands there,
 * in a repository as theirs. Only docker is another: it starts this program in place of the image.
 */
class ContinuousIntegrationTest {

  private static final Path DOCS = Path.of("..", "docs");
  private static final Path EXAMPLES = Path.of("..", "examples");
  private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(.*?)\n```\n");

  private static final String OPENED =
      "    - {name: database, action: Accept, ports: [{protocol: TCP, port: 5432}]}\n";

  private static final String PROGRAM =
      """
      #!/usr/bin/env bash
      exec '%s' -XX:TieredStopAtLevel=1 -cp '%s' io.hostfirewall.agent.Main "$@"
      """
          .formatted(
              Path.of(System.getProperty("java.home"), "bin", "java"),
              System.getProperty("java.class.path"));

  /** Takes no other image than ours, as it is pushed, and no other program than is in it. */
  private static final String DOCKER =
      """
      #!/usr/bin/env bash
      set -eu
      die() { echo "docker: $*" >&2; exit 125; }
      [ "$1 $2" = "run --rm" ] || die "what is $1 $2?"
      shift 2
      outside=() inside=() at=
      while [ "${1#-}" != "$1" ]; do
        case $1 in
          -v) IFS=: read -r from to _ <<<"$2"; outside+=("$from"); inside+=("$to") ;;
          -w) folder=$2 ;;
          --entrypoint) [ "$2" = java ] || die "what is the entrypoint $2?" ;;
          *) die "what is $1?" ;;
        esac
        shift 2
      done
      [ "${1#*/}" = hostfirewall/node-agent:VERSION ] || die "there is no image $1"
      [ "$2" = @PROGRAM ] || die "there is no $2 in $1"
      shift 2
      arguments=("$@")
      for i in "${!inside[@]}"; do
        arguments=("${arguments[@]/#${inside[i]}/${outside[i]}}")
        [ "${inside[i]}" != "$folder" ] || at=${outside[i]}
      done
      cd "${at:?nothing is mounted at $folder}"
      exec hostfirewall "${arguments[@]}"
      """;

  /** As git calls them whose repository it is. */
  private static final String AUTHOR = "git -c user.name=a -c user.email=a@example.org";

  @TempDir Path folder;

  private Path repository;

  private record Run(int exit, String text) {}

  @BeforeEach
  void make_a_repository() throws IOException, InterruptedException {
    repository = folder.resolve("repository");
    for (var name : List.of("policies", "expectations")) {
      Files.createDirectories(repository.resolve(name));
    }
    Files.createDirectories(folder.resolve("bin"));
    program("hostfirewall", PROGRAM);
    program("docker", DOCKER.replace("VERSION", version()).replace("PROGRAM", inImage()));
    Files.copy(EXAMPLES.resolve("web-server.yaml"), policy());
    Files.copy(
        EXAMPLES.resolve("expectations/web-server.yaml"),
        repository.resolve("expectations/web-server.yaml"));
    succeed(
        "git init -q -b main . && git add . && %s commit -qm one && git clone -q --bare . ../origin"
                .formatted(AUTHOR)
            + " && git remote add origin ../origin && git switch -q -c change");
  }

  private void program(String name, String text) throws IOException {
    var file = folder.resolve("bin").resolve(name);
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  private static String version() throws IOException {
    return found(
        Path.of("..", "pom.xml"),
        "<artifactId>host-firewall-parent</artifactId>\\s*<version>(.*)</version>");
  }

  /** Where the image has the command line. */
  private static String inImage() throws IOException {
    var script = Path.of("..", "images", "lay-out");
    var name =
        found(script, "mv \"\\$layers/agent/\\$home/command\" \"\\$layers/agent(/\\$home/.*)\"");
    return name.replace("$home", found(script, " home=(\\S+)\n"));
  }

  private static String found(Path file, String pattern) throws IOException {
    var found = Pattern.compile(pattern).matcher(Files.readString(file));
    assertThat(found.find()).as("%s in %s", pattern, file).isTrue();
    return found.group(1);
  }

  private Path policy() {
    return repository.resolve("policies/web-server.yaml");
  }

  private void change(String from, String to) throws IOException {
    var text = Files.readString(policy());
    assertThat(text).contains(from);
    Files.writeString(policy(), text.replace(from, to));
  }

  /** As a runner does it. */
  private Run run(String script) throws IOException, InterruptedException {
    var shell = new ProcessBuilder("bash", "-e", "-c", script).directory(repository.toFile());
    var environment = shell.environment();
    environment.put("PATH", folder.resolve("bin") + ":" + environment.get("PATH"));
    environment.put("RUNNER_TEMP", folder.toString());
    environment.put("GITHUB_BASE_REF", "main");
    environment.put("GITHUB_STEP_SUMMARY", summary().toString());
    environment.keySet().removeIf(name -> name.startsWith("GIT_"));
    environment.put("GIT_CONFIG_GLOBAL", "/dev/null");
    environment.put("GIT_CONFIG_NOSYSTEM", "1");
    var process = shell.redirectErrorStream(true).start();
    process.getOutputStream().close();
    var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Run(process.waitFor(), text);
  }

  private void succeed(String script) throws IOException, InterruptedException {
    var run = run(script);
    assertThat(run.exit()).as(run.text()).isZero();
  }

  private Path summary() {
    return folder.resolve("summary.md");
  }

  private static JsonNode yaml(String page, String beginning) throws IOException {
    var block =
        YAML.matcher(Files.readString(DOCS.resolve(page)))
            .results()
            .map(found -> found.group(1))
            .filter(text -> text.stripLeading().startsWith(beginning))
            .findFirst()
            .orElseThrow();
    return new ObjectMapper().valueToTree(new Yaml().load(block));
  }

  private static List<String> scripts(JsonNode steps) {
    return StreamSupport.stream(steps.spliterator(), false)
        .filter(step -> step.has("run"))
        .map(step -> step.get("run").asText())
        .toList();
  }

  private static String workflow() throws IOException {
    var steps = yaml("verify.md", "# .github/workflows/").at("/jobs/verify/steps");
    assertThat(scripts(steps)).hasSize(1);
    return scripts(steps).getFirst();
  }

  @Test
  void the_workflow_passes_and_leaves_its_report() throws IOException, InterruptedException {
    var run = run(workflow());

    assertThat(run.exit()).as(run.text()).isZero();
    assertThat(run.text()).contains("0 failed", "has an effect");
    assertThat(repository.resolve("firewall.xml")).content().contains("failures=\"0\"");
  }

  @Test
  void the_workflow_fails_and_leaves_its_report() throws IOException, InterruptedException {
    change("port: 40230", "port: 22");

    var run = run(workflow());

    assertThat(run.exit()).as(run.text()).isEqualTo(1);
    assertThat(run.text()).contains("expectations/web-server.yaml", "FAIL");
    assertThat(repository.resolve("firewall.xml"))
        .content()
        .contains("<failure ", "file=\"expectations/web-server.yaml\"");
  }

  @Test
  void a_pull_request_is_told_what_it_opens() throws IOException, InterruptedException {
    Files.writeString(policy(), OPENED, StandardOpenOption.APPEND);

    for (var script : scripts(yaml("diff.md", "- run:"))) {
      succeed(script);
    }

    assertThat(Files.readAllLines(summary()))
        .startsWith(
            "```diff", "--- " + folder.resolve("before").resolve("policies"), "+++ policies")
        .contains("  opens tcp/5432 to anyone (was closed)")
        .endsWith("```");
  }

  @Test
  void a_pull_request_that_cannot_be_read_fails() throws IOException, InterruptedException {
    change("burst", "brust");
    var scripts = scripts(yaml("diff.md", "- run:"));

    succeed(scripts.getFirst());
    var run = run(scripts.getLast());

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).contains("Did you mean \"burst\"?");
  }

  @Test
  void the_first_policies_of_a_repository_close_its_nodes()
      throws IOException, InterruptedException {
    succeed(
        "git switch -q main && git rm -rqf . && %s commit -qm none && git push -qf origin main"
                .formatted(AUTHOR)
            + " && git switch -q change");

    for (var script : scripts(yaml("diff.md", "- run:"))) {
      succeed(script);
    }

    assertThat(Files.readAllLines(summary()))
        .anyMatch(line -> line.startsWith("  closes everything but icmp,tcp to any IPv4 address"))
        .contains("  begins protections.newNotSyn");
  }

  @Test
  void the_hook_lets_pass_what_is_right_and_holds_up_what_is_not()
      throws IOException, InterruptedException {
    var hook = yaml("verify.md", "# .pre-commit-config.yaml").at("/repos/0/hooks/0");
    assertThat(hook.get("language").asText()).isEqualTo("system");
    assertThat(hook.get("pass_filenames").asBoolean(true)).isFalse();

    succeed(hook.get("entry").asText());
    change("port: 40230", "port: 22");
    assertThat(run(hook.get("entry").asText()).exit()).isEqualTo(1);
    change("burst", "brust");
    assertThat(run(hook.get("entry").asText()).exit()).isEqualTo(2);

    assertThat(Pattern.compile(hook.get("files").asText()).asPredicate())
        .accepts("policies/web.yaml", "expectations/nodes/web.yml")
        .rejects("docs/policies/web.yaml", "policies/README.md", "policies.yaml");
  }
}
