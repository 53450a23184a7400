package io.hostfirewall.agent.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What a command printed, and how it ended. */
record CommandRun(int exit, String out, String err) {

  static CommandRun of(String... arguments) {
    return of(CommandLineProgram.commandLine(), arguments);
  }

  static CommandRun ofPlugin(String... arguments) {
    return of(KubectlPlugin.commandLine(), arguments);
  }

  private static CommandRun of(CommandLine program, String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    var exit = program.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    return new CommandRun(exit, out.toString(), err.toString());
  }
}
