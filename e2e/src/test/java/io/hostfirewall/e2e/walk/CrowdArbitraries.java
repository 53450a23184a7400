package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Sources that open several connections to one place, and then ask for more. */
final class CrowdArbitraries {

  private static final int MOST_OF_A_SOURCE = 4;

  private CrowdArbitraries() {}

  /**
   * Who was there before, and who comes.
   *
   * @param before first packets of connections
   * @param after packets that are like them
   */
  record Crowds(List<Connection> before, List<Probe> after) {}

  private record Crowd(Probe probe, int staying, int ended, int more) {}

  static Arbitrary<Crowds> crowds() {
    return Arbitraries.of(Family.class)
        .flatMap(ProbeArbitraries::openings)
        .flatMap(CrowdArbitraries::crowd)
        .list()
        .ofMaxSize(4)
        .map(CrowdArbitraries::of);
  }

  private static Arbitrary<Crowd> crowd(Probe probe) {
    return Combinators.combine(
            Arbitraries.integers().between(0, MOST_OF_A_SOURCE),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(1, 3))
        .as((staying, ended, more) -> new Crowd(probe, staying, ended, more));
  }

  private static Crowds of(List<Crowd> crowds) {
    var before = new ArrayList<Connection>();
    var after = new ArrayList<Probe>();
    for (var crowd : crowds) {
      for (var i = 0; i < crowd.staying() + crowd.ended(); i++) {
        var ports = i < crowd.staying() ? Connection.STAY : Connection.END;
        before.add(new Connection(crowd.probe().from(ports.first() + before.size())));
      }
      after.addAll(Collections.nCopies(crowd.more(), crowd.probe()));
    }
    return new Crowds(before, after);
  }
}
