package io.hostfirewall.agent;

import io.hostfirewall.agent.cli.CommandLineProgram;

/** Where the program starts. */
public final class Main {

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(CommandLineProgram.run(arguments));
  }
}
