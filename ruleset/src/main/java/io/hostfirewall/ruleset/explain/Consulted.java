package io.hostfirewall.ruleset.explain;

import io.hostfirewall.ruleset.compile.SetNames;
import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Match.ConnectionsAbove;
import io.hostfirewall.ruleset.model.Match.HashLimit;
import io.hostfirewall.ruleset.packet.Question;
import io.hostfirewall.ruleset.walk.Packet;
import io.hostfirewall.ruleset.walk.Surroundings;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Surroundings that remember what a walk asked them. */
final class Consulted implements Surroundings {

  private final Question question;
  private final Surroundings sets;
  private final SetWords words;
  private final Map<HashLimit, Boolean> limits = new LinkedHashMap<>();
  private final Set<String> sentences = new LinkedHashSet<>();

  /**
   * @param sets what is in sets
   * @param words what those are called
   */
  Consulted(Question question, Surroundings sets, SetWords words) {
    this.question = question;
    this.sets = sets;
    this.words = words;
  }

  @Override
  public boolean contains(String set, Cidr address) {
    return note(set, address.setEntry(), isOwn(set, address) || sets.contains(set, address));
  }

  @Override
  public boolean contains(String set, Cidr address, String in) {
    return note(set, address.setEntry() + " by " + in, sets.contains(set, address, in));
  }

  /** That the packet comes to the node says that its destination is the node's own. */
  private boolean isOwn(String set, Cidr address) {
    var packet = question.packet();
    return packet.way() == Packet.Way.INPUT
        && set.equals(SetNames.ownNetworks(packet.family()))
        && address.equals(packet.destination());
  }

  private boolean note(String set, String what, boolean isIn) {
    sentences.add("%s is %s %s".formatted(what, isIn ? "in" : "not in", words.of(set)));
    return isIn;
  }

  @Override
  public boolean isWithin(HashLimit limit, Cidr source) {
    var within = question.isWithin(limit);
    limits.put(limit, within);
    sentences.add(
        "its source has sent %s: %s the limit of %s, burst %d"
            .formatted(
                question.at() == null ? "nothing so far" : question.at() + " so far",
                within ? "within" : "over",
                limit.rate(),
                limit.burst()));
    return within;
  }

  @Override
  public boolean isAbove(ConnectionsAbove limit, Cidr source) {
    var isAbove = question.connections() > limit.count();
    sentences.add(
        "its source has %d connection%s open, this one included: %s than %d"
            .formatted(
                question.connections(),
                question.connections() == 1 ? "" : "s",
                isAbove ? "more" : "not more",
                limit.count()));
    return isAbove;
  }

  boolean isOver(HashLimit limit) {
    return Boolean.FALSE.equals(limits.get(limit));
  }

  /** What the answers were, a sentence each. */
  List<String> sentences() {
    return List.copyOf(sentences);
  }
}
