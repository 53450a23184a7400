package io.hostfirewall.e2e.cluster;

import io.hostfirewall.e2e.lab.Shell;
import java.nio.file.Path;
import java.util.List;

/**
 * What the tools of GitOps make of an object, by their own libraries.
 *
 * @param kstatus by which Flux and Helm 4 wait, unless told otherwise
 * @param flux with the expressions of the example for Flux
 * @param argo with our script for Argo CD
 * @param message what the script says with it
 */
record GitOpsHealth(String kstatus, String flux, String argo, String message) {

  private static final String PROGRAM =
      Path.of(System.getProperty("hostfirewall.tools", "missing"), "gitops-health").toString();

  private static final String EXPRESSIONS =
      ControlPlane.PROJECT.resolve("examples/gitops/flux/kustomizations.yaml").toString();

  private static final String SCRIPT =
      ControlPlane.PROJECT
          .resolve("docs/argocd/hostfirewall.io/HostFirewallPolicy/health.lua")
          .toString();

  /** Of one object, as YAML or JSON. */
  static GitOpsHealth of(String object) {
    var words = Shell.run(List.of(PROGRAM, EXPRESSIONS, SCRIPT), object).strip().split(" ", 4);
    return new GitOpsHealth(words[0], words[1], words[2], words[3]);
  }

  /** Without the message. */
  String verdict() {
    return String.join(" ", kstatus, flux, argo);
  }
}
