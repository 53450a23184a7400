package io.hostfirewall.ruleset.space;

import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Packets of one family that lie within bounds in each dimension.
 *
 * @param bounds none of them empty; a dimension without any is not looked at
 */
public record Region(Family family, Map<Dimension, Spans> bounds) {

  static Region everything(Family family) {
    return new Region(family, Map.of());
  }

  /** What a dimension holds of this region. */
  public Spans in(Dimension dimension) {
    var bound = bounds.get(dimension);
    return bound == null ? dimension.universe(family) : bound;
  }

  Region with(Dimension dimension, Spans bound) {
    var narrowed = new LinkedHashMap<>(bounds);
    narrowed.put(dimension, bound);
    return new Region(family, narrowed);
  }

  /** With the bound of one dimension as that of another. */
  Region moved(Dimension from, Dimension to) {
    var moved = new LinkedHashMap<>(bounds);
    var bound = moved.remove(from);
    if (bound != null) {
      moved.put(to, bound);
    }
    return new Region(family, moved);
  }

  /** What lies in both; empty if nothing does. */
  public Optional<Region> and(Region other) {
    var common = new LinkedHashMap<>(bounds);
    for (var bound : other.bounds.entrySet()) {
      var both = in(bound.getKey()).and(bound.getValue());
      if (both.isEmpty()) {
        return Optional.empty();
      }
      common.put(bound.getKey(), both);
    }
    return Optional.of(new Region(family, common));
  }

  /** What lies in this one only, in parts that do not overlap. */
  public List<Region> minus(Region other) {
    var outside = new ArrayList<Region>();
    var rest = this;
    for (var bound : other.bounds.entrySet()) {
      var mine = rest.in(bound.getKey());
      var inside = mine.and(bound.getValue());
      if (inside.isEmpty()) {
        return List.of(this);
      }
      var beyond = mine.minus(bound.getValue());
      if (!beyond.isEmpty()) {
        outside.add(rest.with(bound.getKey(), beyond));
      }
      rest = rest.with(bound.getKey(), inside);
    }
    return List.copyOf(outside);
  }

  /** With what another holds of one dimension; in all others the two are the same. */
  public Region or(Region other, Dimension dimension) {
    var either = in(dimension).or(other.in(dimension));
    if (!either.equals(dimension.universe(family))) {
      return with(dimension, either);
    }
    var wider = new LinkedHashMap<>(bounds);
    wider.remove(dimension);
    return new Region(family, wider);
  }
}
