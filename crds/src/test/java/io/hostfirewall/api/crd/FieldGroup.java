package io.hostfirewall.api.crd;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Fields that are described together, once for all places in which they may stand.
 *
 * @param name in the file of examples
 * @param root path of the schema that has these fields
 * @param copies paths of the schemas that have the same
 */
record FieldGroup(String name, String title, String about, String root, List<String> copies) {

  private static final String RULE = "HostFirewallPolicy.spec.ingress[]";
  private static final String SELECTOR = "HostFirewallPolicy.spec.nodeSelector";

  static final List<FieldGroup> ALL =
      List.of(
          new FieldGroup("policy", "Spec of a policy", "", "HostFirewallPolicy.spec", List.of()),
          new FieldGroup(
              "rule",
              "Rules",
              "An entry of `ingress`, `egress` or `forward`. Each example stands in a rule, beside its"
                  + " `name` and `action`.",
              RULE,
              List.of("HostFirewallPolicy.spec.egress[]", "HostFirewallPolicy.spec.forward[]")),
          new FieldGroup(
              "peer",
              "Peers",
              "An entry of `from` or `to`.",
              RULE + ".from[]",
              rules("from[]", "to[]").filter(path -> !path.equals(RULE + ".from[]")).toList()),
          new FieldGroup(
              "selector",
              "Selectors of nodes",
              "`nodeSelector` of a policy, and `nodes` of a peer.",
              SELECTOR,
              rules("from[].nodes", "to[].nodes").toList()),
          new FieldGroup(
              "addressSet",
              "Spec of an address set",
              "",
              "HostFirewallAddressSet.spec",
              List.of()));

  private static Stream<String> rules(String... places) {
    return Stream.of("ingress", "egress", "forward")
        .flatMap(
            list ->
                Stream.of(places).map(place -> "HostFirewallPolicy.spec." + list + "[]." + place));
  }

  /** Whether these are the fields of the schema at a path. */
  boolean isAt(String path) {
    return path.equals(root) || copies.contains(path);
  }

  /** The fields of it among all paths, without those that another group describes. */
  Set<String> fields(Set<String> paths) {
    return paths.stream()
        .filter(path -> path.startsWith(root + ".") && !path.endsWith("[]"))
        .filter(path -> inner().noneMatch(other -> path.startsWith(other + ".")))
        .map(path -> path.substring(root.length() + 1))
        .collect(Collectors.toSet());
  }

  private Stream<String> inner() {
    return ALL.stream()
        .flatMap(group -> Stream.concat(Stream.of(group.root), group.copies.stream()))
        .filter(other -> other.startsWith(root) && other.length() > root.length());
  }
}
