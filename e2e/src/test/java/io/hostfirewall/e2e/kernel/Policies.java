package io.hostfirewall.e2e.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Policies as users write them. */
final class Policies {

  /** Ports of the web server policy. */
  static final int SSH = 40230;

  static final int WEB = 80;
  static final int WEB_TLS = 443;

  private Policies() {}

  /** The example that the product starts from. */
  static String webServer() {
    return example("web-server");
  }

  /** A file of the folder examples. */
  static String example(String name) {
    try {
      return Files.readString(Path.of("..", "examples", name + ".yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A policy for every node with this spec, given as lines of YAML. */
  static String policy(String name, String spec) {
    return """
        apiVersion: hostfirewall.io/v1alpha1
        kind: HostFirewallPolicy
        metadata: {name: %s}
        spec:
          nodeSelector: {}
        """
            .formatted(name)
        + spec.indent(2);
  }
}
