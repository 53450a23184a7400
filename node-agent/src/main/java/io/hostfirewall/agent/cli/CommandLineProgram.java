package io.hostfirewall.agent.cli;

import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** The program {@code hostfirewall}. */
@Command(
    name = "hostfirewall",
    description =
        "A host firewall from policies: as the agent of a cluster's node, or for one host.",
    mixinStandardHelpOptions = true,
    versionProvider = CommandLineProgram.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      RenderCommand.class,
      ApplyCommand.class,
      StatusCommand.class,
      ExplainCommand.class,
      ImportCommand.class,
      VerifyCommand.class,
      DiffCommand.class,
      CleanupCommand.class,
      EnableCommand.class,
      RunCommand.class,
      CompletionCommand.class
    })
public final class CommandLineProgram {

  private CommandLineProgram() {}

  /** Carries out a command line; returns the exit code. */
  public static int run(String... arguments) {
    return arguments.length > 0 && arguments[0].equals(KubectlPlugin.WORD)
        ? KubectlPlugin.run(List.of(arguments).subList(1, arguments.length))
        : commandLine().execute(arguments);
  }

  static CommandLine commandLine() {
    return configured(new CommandLine(new CommandLineProgram()));
  }

  /** The same manners for every program of ours. */
  static CommandLine configured(CommandLine program) {
    return program
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpAutoWidth(true)
        .setExecutionExceptionHandler(CommandLineProgram::fail)
        .setParameterExceptionHandler(CommandLineProgram::explain);
  }

  private static int fail(
      Exception exception, CommandLine command, CommandLine.ParseResult arguments)
      throws Exception {
    var err = command.getErr();
    if (exception instanceof Failure failure) {
      err.println(PlainText.lines(String.valueOf(failure.getMessage())));
      return failure.exitCode();
    }
    if (exception instanceof UncheckedIOException unusable) {
      err.println("hostfirewall: " + unusable.getMessage() + ".");
      return ExitCode.REFUSED;
    }
    throw exception;
  }

  private static int explain(CommandLine.ParameterException exception, String[] arguments) {
    var command = exception.getCommandLine();
    command.getErr().println(PlainText.lines("hostfirewall: " + UsageMistake.sentence(exception)));
    command.getErr().println("See " + command.getCommandSpec().qualifiedName() + " --help.");
    return ExitCode.INVALID;
  }

  /** The version that was built. */
  static String version() {
    var version = CommandLineProgram.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"hostfirewall " + version()};
    }
  }
}
