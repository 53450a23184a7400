package io.hostfirewall.ruleset.importing;

import java.util.regex.Pattern;

/** Chains of programs that write them themselves, and go on doing so. */
final class OtherPrograms {

  private static final Pattern CHAINS =
      Pattern.compile(
          "(KUBE-|cali-|CILIUM_|FLANNEL-|WEAVE|DOCKER(?!-USER)|f2b-|LIBVIRT_|NETAVARK|CNI-|HFW-).*");

  private OtherPrograms() {}

  static boolean write(String chain) {
    return CHAINS.matcher(chain).matches();
  }

  static String sentence(String chain) {
    return "chain %s is another program's, which writes it as long as it runs.".formatted(chain);
  }
}
