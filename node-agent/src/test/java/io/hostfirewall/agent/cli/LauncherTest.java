package io.hostfirewall.agent.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that people start finds a Java that can run the program, or says what is missing. */
class LauncherTest {

  private record Answer(int exit, String text) {}

  @TempDir private Path folder;

  /** As it is packaged; instead of the machine's JDKs it knows those in a folder of this test. */
  @BeforeEach
  void packaged() throws IOException {
    Files.createDirectories(folder.resolve("program/bin"));
    Files.createDirectories(folder.resolve("program/lib"));
    Files.createFile(folder.resolve("program/lib/host-firewall-node-agent-1.jar"));
    var script = Files.readString(Path.of("src/main/bin/hostfirewall"));
    assertThat(script).contains("/usr/lib/jvm/*");
    executable(
        "program/bin/hostfirewall", script.replace("/usr/lib/jvm/", folder.resolve("jvm") + "/"));
  }

  private Path executable(String name, String script) throws IOException {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
    return file;
  }

  /** A Java that says its name and what it is asked for. */
  private void java(String name, String version) throws IOException {
    executable(name + "/bin/java", "#!/bin/sh\necho \"" + name + ": $*\"\n");
    Files.writeString(
        folder.resolve(name).resolve("release"),
        "IMPLEMENTOR=\"somebody\"\nJAVA_VERSION=\"" + version + "\"\n");
  }

  /** Starts it with a Java at JAVA_HOME and another on the PATH, empty for none. */
  private Answer start(String home, String onPath) throws Exception {
    var command = folder.resolve("program/bin/hostfirewall").toString();
    var builder = new ProcessBuilder(command, "status").redirectErrorStream(true);
    var environment = builder.environment();
    environment.remove("JAVA_HOME");
    if (!home.isEmpty()) {
      environment.put("JAVA_HOME", folder.resolve(home).toString());
    }
    // The commands of the script, without the Java of this machine.
    var tools = Files.createDirectories(folder.resolve("tools"));
    for (var tool : new String[] {"readlink", "sed"}) {
      executable(
          "tools/" + tool,
          "#!/bin/sh\nPATH=" + System.getenv("PATH") + " exec " + tool + " \"$@\"\n");
    }
    environment.put(
        "PATH", tools + (onPath.isEmpty() ? "" : ":" + folder.resolve(onPath).resolve("bin")));
    var process = builder.start();
    var text = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return new Answer(process.exitValue(), text);
  }

  @Test
  void an_older_java_is_named_with_the_one_that_is_needed() throws Exception {
    java("old", "17.0.15");

    assertThat(start("", "old"))
        .isEqualTo(
            new Answer(
                2,
                "hostfirewall: Java 25 or newer is needed, and %s is Java 17. Set JAVA_HOME to one."
                    .formatted(folder.resolve("old/bin/java"))));
  }

  @Test
  void without_any_java_it_says_which_is_needed() throws Exception {
    assertThat(start("", ""))
        .isEqualTo(
            new Answer(2, "hostfirewall: Java 25 or newer is needed. Set JAVA_HOME to one."));
  }

  @Test
  void the_java_of_java_home_comes_first() throws Exception {
    java("home", "25.0.1");
    java("path", "26");

    var answer = start("home", "path");

    assertThat(answer.exit()).isZero();
    assertThat(answer.text()).startsWith("home: ").endsWith("-1.jar status");
  }

  @Test
  void an_old_java_gives_way_to_the_one_on_the_path_and_that_to_an_installed_one()
      throws Exception {
    java("old", "1.8.0_392");
    java("path", "25");
    java("jvm/installed", "25.0.1");

    assertThat(start("old", "path").text()).startsWith("path: ");
    assertThat(start("old", "old").text()).startsWith("jvm/installed: ");
  }

  @Test
  void a_java_that_does_not_tell_its_version_is_tried() throws Exception {
    java("stub", "17");
    Files.delete(folder.resolve("stub/release"));

    assertThat(start("", "stub").text()).startsWith("stub: ");
  }
}
