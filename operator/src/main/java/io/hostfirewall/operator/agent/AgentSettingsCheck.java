package io.hostfirewall.operator.agent;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.hostfirewall.ruleset.model.Cidr;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the types of {@link AgentSettings} cannot say. */
final class AgentSettingsCheck {

  /** A label of DNS (RFC 1123), as Kubernetes names pods' owners. */
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  /** A name of an interface; one that ends in + stands for all that begin so. */
  private static final Pattern INTERFACE = Pattern.compile("[^\\s/+]{1,15}|[^\\s/+]{1,14}\\+");

  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern PERCENT = Pattern.compile("(100|[1-9]?[0-9])%");
  private static final Pattern FOLDER = Pattern.compile("/[^\\s:]*[^\\s:/]");
  private static final Set<String> PULL_POLICIES = Set.of("Always", "IfNotPresent", "Never");

  private AgentSettingsCheck() {}

  /** The first thing that is wrong: its key, and one sentence. */
  static Optional<String> firstProblem(AgentSettings settings) {
    return Stream.of(
            names(settings),
            numbers(settings),
            health(settings.health()),
            logging(settings.logging()),
            folders(settings),
            each("uplinks", settings.uplinks(), AgentSettingsCheck::interfaceName),
            each("podInterfaces", settings.podInterfaces(), AgentSettingsCheck::interfaceName),
            each("adminNetworks", settings.adminNetworks(), AgentSettingsCheck::network),
            each("apiServerFrom", settings.apiServerFrom(), AgentSettingsCheck::network),
            environment(settings.extraEnv()))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> names(AgentSettings settings) {
    if (!NAME.matcher(settings.name()).matches()) {
      return problem(
          "name", "\"" + settings.name() + "\" is no name of a DaemonSet. Use a-z, 0-9 and -.");
    }
    if (settings.image().isBlank()) {
      return problem("image", "is empty. Name the image of the agent.");
    }
    if (settings.serviceAccountName().isBlank()) {
      return problem("serviceAccountName", "is empty. Name the service account of the agent.");
    }
    return PULL_POLICIES.contains(settings.imagePullPolicy())
        ? Optional.empty()
        : problem("imagePullPolicy", "must be Always, IfNotPresent or Never.");
  }

  private static Optional<String> numbers(AgentSettings settings) {
    if (settings.trialSeconds() < 5 || settings.trialSeconds() > 600) {
      return problem("trialSeconds", "must be a whole number of seconds from 5 to 600.");
    }
    if (settings.terminationGracePeriodSeconds() < 0) {
      return problem("terminationGracePeriodSeconds", "must be 0 or more.");
    }
    return positive(settings.maxUnavailable())
        ? Optional.empty()
        : problem("maxUnavailable", "must be at least 1, or a percentage such as 10%.");
  }

  private static boolean positive(IntOrString value) {
    return value.getIntVal() != null
        ? value.getIntVal() > 0
        : PERCENT.matcher(value.getStrVal()).matches() && !value.getStrVal().equals("0%");
  }

  private static Optional<String> health(AgentSettings.Health health) {
    if (!ADDRESS.matcher(health.address()).matches()) {
      return problem("health.address", "must be an IP address, such as 127.0.0.1 or 0.0.0.0.");
    }
    return health.port() < 1 || health.port() > 65_535
        ? problem("health.port", "must be a port from 1 to 65535.")
        : Optional.empty();
  }

  private static Optional<String> logging(AgentSettings.Logging logging) {
    return logging.group() < 0 || logging.group() > 65_535
        ? problem("logging.group", "must be a number from 0 to 65535.")
        : Optional.empty();
  }

  private static Optional<String> folders(AgentSettings settings) {
    if (!FOLDER.matcher(settings.stateFolder()).matches()) {
      return problem("stateFolder", "must be an absolute path, such as /var/lib/hostfirewall.");
    }
    return FOLDER.matcher(settings.hostPathXtablesLock()).matches()
        ? Optional.empty()
        : problem("hostPathXtablesLock", "must be an absolute path, such as /run/xtables.lock.");
  }

  private static Optional<String> each(
      String key, List<String> values, Function<String, Optional<String>> check) {
    for (int i = 0; i < values.size(); i++) {
      var wrong = check.apply(values.get(i));
      if (wrong.isPresent()) {
        return Optional.of("%s[%d]: %s".formatted(key, i, wrong.get()));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> interfaceName(String name) {
    return INTERFACE.matcher(name).matches()
        ? Optional.empty()
        : Optional.of("\"" + name + "\" is no interface. Write a name such as eth0, or eth+.");
  }

  private static Optional<String> network(String text) {
    try {
      Cidr.parse(text);
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.of(e.getMessage());
    }
  }

  private static Optional<String> environment(List<EnvVar> variables) {
    var names = new HashSet<>(Set.of(AgentPodTemplate.NODE_NAME));
    for (int i = 0; i < variables.size(); i++) {
      if (!names.add(variables.get(i).getName())) {
        return problem(
            "extraEnv[" + i + "].name",
            variables.get(i).getName() + " stands twice, or is the operator's own. Delete it.");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> problem(String key, String sentence) {
    return Optional.of(key + ": " + sentence);
  }
}
