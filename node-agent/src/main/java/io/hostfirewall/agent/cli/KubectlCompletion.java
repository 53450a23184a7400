package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.cluster.ClusterView;
import io.hostfirewall.agent.cluster.KubectlException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Answers kubectl what may follow on a command line of the plug-in, in the words of its own
 * completion: a candidate in each line, and at last a number that says whether files may follow.
 */
final class KubectlCompletion {

  /** What the launcher writes before the words of the command line. */
  static final String WORD = "__complete";

  /** ShellCompDirectiveDefault and ShellCompDirectiveNoFileComp of github.com/spf13/cobra. */
  private static final String FILES_TOO = ":0";

  private static final String NO_FILES = ":4";

  private static final Set<String> OF_FILES = Set.of("-f", "--filename", "--kubeconfig");
  private static final String NODE = "--node";

  private final CommandSpec program;
  private final Function<ClusterOptions, ClusterView> cluster;

  KubectlCompletion(CommandSpec program, Function<ClusterOptions, ClusterView> cluster) {
    this.program = program;
    this.cluster = cluster;
  }

  /**
   * Answers.
   *
   * @param words those behind the plug-in's name, the last of them not ended yet
   */
  void answer(List<String> words, PrintWriter out) {
    var last = words.isEmpty() ? "" : words.getLast();
    var before = words.size() < 2 ? "" : words.get(words.size() - 2);
    candidates(words, before, last).filter(word -> word.startsWith(last)).forEach(out::println);
    out.println(OF_FILES.contains(before) ? FILES_TOO : NO_FILES);
    out.flush();
  }

  private Stream<String> candidates(List<String> words, String before, String last) {
    if (before.equals(NODE)) {
      return nodes(words).stream();
    }
    return last.startsWith(NODE + "=")
        ? nodes(words).stream().map(node -> NODE + "=" + node)
        : known(words, last);
  }

  private Stream<String> known(List<String> words, String last) {
    var arguments = words.isEmpty() ? List.of("") : words;
    var ends = new ArrayList<CharSequence>();
    AutoComplete.complete(
        program,
        arguments.toArray(String[]::new),
        arguments.size() - 1,
        last.length(),
        String.join(" ", arguments).length(),
        ends);
    return ends.stream().map(end -> last + end).distinct().sorted();
  }

  /** Nobody wants to read a complaint instead of candidates. */
  private Collection<String> nodes(List<String> words) {
    var options = new ClusterOptions();
    try {
      new CommandLine(options)
          .setUnmatchedArgumentsAllowed(true)
          .parseArgs(words.toArray(String[]::new));
      return cluster.apply(options).nodeStates().keySet();
    } catch (ParameterException | KubectlException e) {
      return List.of();
    }
  }
}
