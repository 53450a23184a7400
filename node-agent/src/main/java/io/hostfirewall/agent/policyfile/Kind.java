package io.hostfirewall.agent.policyfile;

import io.hostfirewall.api.v1alpha1.HostFirewallAddressSetSpec;
import io.hostfirewall.api.v1alpha1.HostFirewallPolicySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds that people write. */
enum Kind {
  POLICY("HostFirewallPolicy", "policy", HostFirewallPolicySpec.class),
  ADDRESS_SET("HostFirewallAddressSet", "address set", HostFirewallAddressSetSpec.class);

  static final String API_VERSION = "hostfirewall.io/v1alpha1";

  private final String word;
  private final String inWords;
  private final Class<?> spec;

  Kind(String word, String inWords, Class<?> spec) {
    this.word = word;
    this.inWords = inWords;
    this.spec = spec;
  }

  static Optional<Kind> of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word.equals(word)).findFirst();
  }

  static List<String> words() {
    return Arrays.stream(values()).map(Kind::word).toList();
  }

  /** As files say it. */
  String word() {
    return word;
  }

  String inWords() {
    return inWords;
  }

  Class<?> spec() {
    return spec;
  }
}
