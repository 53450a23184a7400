package io.hostfirewall.e2e.walk;

import java.util.List;
import java.util.stream.Stream;

/** The fields that a policy has beside its rules. */
final class PolicyFieldCases {

  private static final String WEB =
      "{name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}";

  private PolicyFieldCases() {}

  static Stream<FieldCase> all() {
    var web = "ingress: [" + WEB + "]";
    var noneOfAll =
        "{name: none, action: Deny, ports: [{protocol: TCP, port: 80}], from: [{addressSet: offices}]}";
    return Stream.of(
        FieldCase.of(
            "spec.defaultActions.ingress",
            "defaultActions: {ingress: Reject}\n" + web,
            web,
            "+ tcp/80",
            "x tcp/81"),
        FieldCase.of(
            "spec.defaultActions.forward",
            "defaultActions: {forward: Accept}\nforward: [{name: no, action: Deny, ports: [{protocol: TCP, port: 80}]}]",
            "forward: [{name: no, action: Deny, ports: [{protocol: TCP, port: 80}]}]",
            "- tcp/80",
            "+ tcp/81"),
        FieldCase.of(
            "spec.defaultActions.egress",
            "defaultActions: {egress: Deny}\negress: [" + WEB + "]",
            "egress: [" + WEB + "]",
            "+ tcp/80",
            "- tcp/81"),
        FieldCase.of(
            "spec.enforcement",
            "enforcement: Enforce\n" + web,
            "enforcement: Audit\n" + web,
            "+ tcp/80",
            "- tcp/81"),
        FieldCase.of(
            "spec.priority",
            Site.ALONE,
            List.of(web, "priority: 100\ningress: [" + noneOfAll + "]"),
            List.of(web, "ingress: [" + noneOfAll + "]"),
            "- tcp/80 friend",
            "+ tcp/80"),
        FieldCase.of(
            "spec.protections.spoofedSource",
            "protections: {spoofedSource: Drop}\n" + web,
            "protections: {spoofedSource: Disabled}\n" + web,
            "+ tcp/80",
            "- tcp/80 forged"),
        FieldCase.of(
            "spec.protections.bogusTcpFlags",
            "protections: {bogusTcpFlags: Drop, invalidState: Disabled}\n" + web,
            "protections: {bogusTcpFlags: Disabled, invalidState: Disabled}\n" + web,
            "+ tcp/80",
            "- tcp/80/FPU"),
        FieldCase.of(
            "spec.protections.newNotSyn",
            "protections: {newNotSyn: Drop}\n" + web,
            "protections: {newNotSyn: Disabled}\n" + web,
            "+ tcp/80",
            "- tcp/80/A"),
        FieldCase.of(
            "spec.protections.invalidState",
            "protections: {invalidState: Drop}\n" + web,
            "protections: {invalidState: Disabled}\n" + web,
            "+ tcp/80",
            "- tcp/80/SA"),
        FieldCase.of(
            "spec.protections.reversePath",
            "protections: {reversePath: Strict}\n" + web,
            web,
            "+ tcp/80",
            "- tcp/80 bonded"),
        FieldCase.of(
            "spec.trustNodes",
            Site.WORKER,
            List.of("trustNodes: false"),
            List.of("trustNodes: true"),
            "- tcp/9999 node",
            "+ tcp/10250 node"),
        FieldCase.of(
            "spec.logging.perMinute",
            "logging: {perMinute: 5}\n" + web,
            web,
            "+ tcp/80",
            "-! tcp/81"));
  }
}
