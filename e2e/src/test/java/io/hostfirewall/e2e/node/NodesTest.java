package io.hostfirewall.e2e.node;

import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of tests that pull plugs, look into nodes or knock from outside, which only the shared
 * lab allows. Each leaves the release installed, and no policy.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@ExtendWith(Diagnosis.class)
abstract class NodesTest {

  /** Closes everything but one port of the hosts. */
  static final String NOTHING_BUT_WEB =
      """
      apiVersion: hostfirewall.io/v1alpha1
      kind: HostFirewallPolicy
      metadata: {name: web}
      spec:
        nodeSelector: {}
        ingress:
        - {name: web, action: Accept, ports: [{protocol: TCP, port: 80}]}
      """;

  final Lab lab = Lab.shared();
  final Release release = lab.release();
  final Stranger stranger = lab.stranger();
  final Workloads workloads = lab.workloads();
}
