package io.hostfirewall.agent.cluster;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * Reads how to reach the API server from a kubeconfig file, if certificates or a token suffice for
 * it. The client reads such files too, and all kinds of Kubernetes with them: 1,000 classes, 15 MB.
 */
final class KubeConfigFile {

  private final Path file;
  private final Map<?, ?> content;

  private KubeConfigFile(Path file, Map<?, ?> content) {
    this.file = file;
    this.content = content;
  }

  /** The configuration in the file's current context; empty if we cannot read it. */
  static Optional<Config> read(Path file) {
    try {
      var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
      Object content = yaml.load(Files.readString(file));
      return content instanceof Map<?, ?> fields
          ? new KubeConfigFile(file, fields).config()
          : Optional.empty();
    } catch (IOException | YAMLException e) {
      return Optional.empty();
    }
  }

  private Optional<Config> config() {
    var context = named("contexts", text(content, "current-context"), "context");
    var cluster = named("clusters", text(context, "cluster"), "cluster");
    var user = named("users", text(context, "user"), "user");
    var server = text(cluster, "server");
    if (server == null || user.containsKey("exec") || user.containsKey("auth-provider")) {
      return Optional.empty();
    }
    return Optional.of(
        new ConfigBuilder(Config.empty())
            .withMasterUrl(server)
            .withTrustCerts("true".equals(text(cluster, "insecure-skip-tls-verify")))
            .withCaCertData(text(cluster, "certificate-authority-data"))
            .withCaCertFile(path(cluster, "certificate-authority"))
            .withClientCertData(text(user, "client-certificate-data"))
            .withClientCertFile(path(user, "client-certificate"))
            .withClientKeyData(text(user, "client-key-data"))
            .withClientKeyFile(path(user, "client-key"))
            .withOauthToken(text(user, "token"))
            .build());
  }

  private Map<?, ?> named(String list, @Nullable String name, String value) {
    if (content.get(list) instanceof List<?> items) {
      for (var item : items) {
        if (item instanceof Map<?, ?> fields
            && name != null
            && name.equals(text(fields, "name"))
            && fields.get(value) instanceof Map<?, ?> found) {
          return found;
        }
      }
    }
    return Map.of();
  }

  private static @Nullable String text(Map<?, ?> fields, String name) {
    var value = fields.get(name);
    return value == null ? null : value.toString();
  }

  /** Paths in a kubeconfig are relative to it. */
  private @Nullable String path(Map<?, ?> fields, String name) {
    var value = text(fields, name);
    return value == null ? null : file.toAbsolutePath().resolveSibling(value).toString();
  }
}
