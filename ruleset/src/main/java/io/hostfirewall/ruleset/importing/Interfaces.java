package io.hostfirewall.ruleset.importing;

import java.util.ArrayList;
import java.util.List;

/**
 * Interfaces by name; one that ends in {@code +} stands for all that begin so.
 *
 * @param any whether all interfaces are meant, but for {@code except}
 * @param only those that are meant if not
 */
record Interfaces(boolean any, List<String> only, List<String> except) {

  static final Interfaces ALL = new Interfaces(true, List.of(), List.of());

  Interfaces {
    only = only.stream().sorted().distinct().toList();
    except = except.stream().sorted().distinct().toList();
  }

  static Interfaces of(String name) {
    return name.equals("+") ? ALL : new Interfaces(false, List.of(name), List.of());
  }

  static Interfaces allBut(String name) {
    return name.equals("+")
        ? new Interfaces(false, List.of(), List.of())
        : new Interfaces(true, List.of(), List.of(name));
  }

  boolean isEmpty() {
    return !any && only.isEmpty();
  }

  Interfaces intersect(Interfaces other) {
    if (any && other.any) {
      var both = new ArrayList<>(except);
      both.addAll(other.except);
      return new Interfaces(true, List.of(), both);
    }
    if (any) {
      return other.intersect(this);
    }
    var names = other.any ? only : common(only, other.only);
    var without = new ArrayList<>(except);
    without.addAll(other.except);
    var left = names.stream().filter(n -> without.stream().noneMatch(w -> stands(w, n))).toList();
    var cut = without.stream().filter(w -> left.stream().anyMatch(n -> stands(n, w))).toList();
    return new Interfaces(false, left, cut);
  }

  private static List<String> common(List<String> some, List<String> others) {
    var names = new ArrayList<String>();
    for (var one : some) {
      for (var other : others) {
        if (stands(one, other)) {
          names.add(other);
        } else if (stands(other, one)) {
          names.add(one);
        }
      }
    }
    return names;
  }

  /** Whether a name stands for all that another stands for. */
  private static boolean stands(String name, String other) {
    return name.endsWith("+")
        ? other.startsWith(name.substring(0, name.length() - 1))
        : name.equals(other);
  }

  boolean covers(Interfaces other) {
    return intersect(other).equals(other);
  }
}
