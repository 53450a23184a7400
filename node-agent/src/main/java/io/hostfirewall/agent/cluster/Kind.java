package io.hostfirewall.agent.cluster;

import java.util.Locale;

/** The kinds of ours that an agent reads. */
enum Kind {
  NODE_STATE("HostFirewallNodeState"),
  REVISION("HostFirewallRevision"),
  ADDRESS_SET("HostFirewallAddressSet");

  static final String GROUP = "hostfirewall.io";
  static final String API_VERSION = GROUP + "/v1alpha1";

  private final String text;

  Kind(String text) {
    this.text = text;
  }

  /** As it stands in an object's field {@code kind}. */
  String text() {
    return text;
  }

  /** As it is called in paths and on command lines. */
  String plural() {
    return text.toLowerCase(Locale.ROOT) + "s";
  }

  /** Where the API server keeps all of them. */
  String path() {
    return "/apis/" + API_VERSION + "/" + plural();
  }

  /** Where it keeps one. */
  String path(String name) {
    return path() + "/" + name;
  }
}
