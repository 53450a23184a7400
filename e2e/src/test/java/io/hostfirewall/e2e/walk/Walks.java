package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.walk.Packet.Way;
import io.hostfirewall.ruleset.walk.Walk;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the walk says of all packets of a case, one family of it.
 *
 * @param openings the first packets of connections, in their order
 * @param packets the others, in theirs
 */
record Walks(List<Walked> openings, List<Walked> packets) {

  /**
   * A packet that was walked.
   *
   * @param counted whether it met a rule that counts connections
   */
  record Walked(Probe probe, Way way, Walk walk, boolean counted) {}

  static Walks of(Case any, RuleSet rules, String backEnd) {
    var world = new World(any.sets(rules), backEnd);
    var family = rules.family();
    var openings = openings(any, rules, world);
    any.connections(family).stream()
        .filter(Connection::hasEnded)
        .forEach(connection -> world.connections().ended(connection.first()));
    var packets = any.packets(family).stream().map(probe -> walk(probe, rules, world)).toList();
    return new Walks(openings, packets);
  }

  private static List<Walked> openings(Case any, RuleSet rules, World world) {
    var openings = new ArrayList<Walked>();
    for (var connection : any.connections(rules.family())) {
      var opening = walk(connection.first(), rules, world);
      if (opening.walk().passes()) {
        world.connections().opened(connection.first());
      }
      openings.add(opening);
    }
    return openings;
  }

  private static Walked walk(Probe probe, RuleSet rules, World world) {
    world.connections().next();
    var packet = probe.out() == null ? Arrival.of(probe) : Departure.of(probe, probe.out());
    var walk = Walk.of(packet, rules, world);
    return new Walked(probe, packet.way(), walk, world.connections().hasCounted());
  }

  Stream<Walked> all() {
    return Stream.concat(openings.stream(), packets.stream());
  }
}
