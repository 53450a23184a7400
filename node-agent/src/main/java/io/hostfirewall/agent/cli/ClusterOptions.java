package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.cluster.ClusterView;
import io.hostfirewall.agent.cluster.KubectlException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which cluster, and who asks it: the options of kubectl, handed on to it. */
final class ClusterOptions {

  /** Time for one answer, and for all that kubectl does. */
  private static final String ANSWER_IN_HASTE = "3s";

  private static final Duration ALL_IN_HASTE = Duration.ofSeconds(5);

  private final List<String> flags = new ArrayList<>();

  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "The kubeconfig file; without it as kubectl finds it, by KUBECONFIG.")
  void kubeconfig(@Nullable String file) {
    add("--kubeconfig", file);
  }

  @Option(names = "--context", paramLabel = "NAME", description = "The context in it.")
  void context(@Nullable String name) {
    add("--context", name);
  }

  @Option(names = "--cluster", paramLabel = "NAME", description = "The cluster in it.")
  void cluster(@Nullable String name) {
    add("--cluster", name);
  }

  @Option(names = "--user", paramLabel = "NAME", description = "The user in it.")
  void user(@Nullable String name) {
    add("--user", name);
  }

  @Option(names = "--as", paramLabel = "USER", description = "Whom to ask as.")
  void as(@Nullable String user) {
    add("--as", user);
  }

  @Option(names = "--as-group", paramLabel = "GROUP", description = "The groups of that user.")
  void asGroup(@Nullable List<String> groups) {
    flags.removeIf(flag -> flag.startsWith("--as-group="));
    if (groups != null) {
      groups.forEach(group -> add("--as-group", group));
    }
  }

  @Option(names = "--as-uid", paramLabel = "UID", description = "The UID of that user.")
  void asUid(@Nullable String uid) {
    add("--as-uid", uid);
  }

  @Option(names = "--token", paramLabel = "TOKEN", description = "A bearer token to ask with.")
  void token(@Nullable String token) {
    add("--token", token);
  }

  @Option(
      names = {"-s", "--server"},
      paramLabel = "URL",
      description = "The API server.")
  void server(@Nullable String url) {
    add("--server", url);
  }

  @Option(
      names = "--request-timeout",
      paramLabel = "10s",
      description = "How long to wait for one answer.")
  void requestTimeout(@Nullable String duration) {
    add("--request-timeout", duration);
  }

  private void add(String name, @Nullable String value) {
    if (value != null) {
      flags.add(name + "=" + value);
    }
  }

  ClusterView view() {
    return new ClusterView(flags);
  }

  /** For a shell that waits at a key: kubectl asks up to five times, each as long as it may. */
  ClusterView hastyView() {
    requestTimeout(ANSWER_IN_HASTE);
    return new ClusterView(flags, ALL_IN_HASTE);
  }

  /** A question to the cluster. */
  interface Question<T> {
    T ask() throws KubectlException;
  }

  /** Asks, or ends the command with a sentence. */
  static <T> T answer(Question<T> question) {
    try {
      return question.ask();
    } catch (KubectlException e) {
      throw Failure.refused(e);
    }
  }
}
