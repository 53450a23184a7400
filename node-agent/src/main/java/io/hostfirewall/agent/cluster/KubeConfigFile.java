package io.hostfirewall.agent.cluster;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads from the current context of a kubeconfig file how to reach the API server. */
final class KubeConfigFile {

  /** What would make somebody else of us, or of the server, if it were passed over. */
  private static final Set<String> NOT_SUPPORTED =
      Set.of(
          "exec",
          "auth-provider",
          "username",
          "as",
          "insecure-skip-tls-verify",
          "tls-server-name",
          "proxy-url");

  private final Path file;
  private final Map<?, ?> content;

  private KubeConfigFile(Path file, Map<?, ?> content) {
    this.file = file;
    this.content = content;
  }

  /**
   * @throws ClusterException with one sentence on what in it is missing or not supported
   */
  static Access read(Path file) throws ClusterException {
    try {
      var yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
      if (yaml.load(Files.readString(file)) instanceof Map<?, ?> fields) {
        return new KubeConfigFile(file, fields).access();
      }
      throw new ClusterException(file + ": it is no kubeconfig file");
    } catch (NoSuchFileException e) {
      throw new ClusterException("KUBECONFIG names " + file + ", which does not exist", e);
    } catch (IOException e) {
      throw new ClusterException("KUBECONFIG names " + file + ", which cannot be read", e);
    } catch (YAMLException | ClassCastException e) { // SnakeYAML casts what a tag stands before
      throw new ClusterException(file + ": it is no YAML", e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new ClusterException("%s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private Access access() throws ClusterException, IOException, GeneralSecurityException {
    var context = named("contexts", text(content, "current-context"), "context");
    var cluster = named("clusters", text(context, "cluster"), "cluster");
    var user = named("users", text(context, "user"), "user");
    var refused =
        Stream.of(cluster, user)
            .flatMap(fields -> NOT_SUPPORTED.stream().filter(fields::containsKey))
            .findFirst();
    if (refused.isPresent()) {
      throw new ClusterException(
          "%s: %s is not supported. Use a token or a client certificate, and certificate-authority"
              .formatted(file, refused.get()));
    }
    var server = text(cluster, "server");
    if (server == null) {
      throw new ClusterException(file + ": its current context names no server");
    }
    return new Access(URI.create(server.replaceAll("/+$", "")), tls(cluster, user), token(user));
  }

  private SSLContext tls(Map<?, ?> cluster, Map<?, ?> user)
      throws IOException, GeneralSecurityException {
    var authorities = pem(cluster, "certificate-authority");
    var certificate = pem(user, "client-certificate");
    var key = pem(user, "client-key");
    if (certificate != null && key != null) {
      return Tls.trusting(authorities, certificate, key);
    }
    return authorities == null ? SSLContext.getDefault() : Tls.trusting(authorities);
  }

  private Supplier<Optional<String>> token(Map<?, ?> user) {
    var tokenFile = path(user, "tokenFile");
    var token = text(user, "token");
    return tokenFile == null ? () -> Optional.ofNullable(token) : () -> Access.read(tokenFile);
  }

  /** What stands in the file itself counts more than what it points to. */
  private @Nullable String pem(Map<?, ?> fields, String name) throws IOException {
    var data = text(fields, name + "-data");
    if (data != null) {
      return new String(Base64.getMimeDecoder().decode(data), StandardCharsets.UTF_8);
    }
    var path = path(fields, name);
    return path == null ? null : Files.readString(path);
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
  private @Nullable Path path(Map<?, ?> fields, String name) {
    var value = text(fields, name);
    return value == null ? null : file.toAbsolutePath().resolveSibling(value);
  }
}
