package io.hostfirewall.ruleset.packet;

import io.hostfirewall.ruleset.model.Match.HashLimit;
import io.hostfirewall.ruleset.model.Rate;
import io.hostfirewall.ruleset.walk.Packet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A packet of which somebody asks what becomes of it.
 *
 * @param at how many like it its source has been sending, long enough to have spent every burst;
 *     null if this is its first
 * @param connections how many its source has open, the one that this packet begins included
 * @param assumed a sentence for each thing that was left out and matters
 */
public record Question(Packet packet, @Nullable Rate at, int connections, List<String> assumed) {

  public Question {
    assumed = List.copyOf(assumed);
  }

  /** Whether the source keeps to a limit. */
  public boolean isWithin(HashLimit limit) {
    var allowed = limit.rate();
    return at == null
        || at.count() * allowed.unit().seconds() <= allowed.count() * at.unit().seconds();
  }
}
