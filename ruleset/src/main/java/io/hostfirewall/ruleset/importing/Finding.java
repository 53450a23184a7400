package io.hostfirewall.ruleset.importing;

import org.jspecify.annotations.Nullable;

/** What an import has to say about one line. */
public sealed interface Finding {

  /**
   * Where it was found.
   *
   * @param line counted from 1; 0 for the file as a whole
   * @param column counted from 1; 0 for the line as a whole
   */
  record Place(String file, int line, int column) {
    @Override
    public String toString() {
      return file + (line > 0 ? ":" + line : "") + (column > 0 ? ":" + column : "");
    }
  }

  Place place();

  String sentence();

  /** The line is now a part of the policy. */
  record CarriedOver(Place place, String sentence) implements Finding {}

  /** The line says what Host Firewall does anyway. */
  record AlreadySo(Place place, String sentence) implements Finding {}

  /**
   * The line, or a part of it, is not in the policy.
   *
   * @param about new connections that may be decided otherwise for that; null if there are none
   * @param hook where; null for anywhere
   */
  record NotCarriedOver(Place place, String sentence, @Nullable Packets about, @Nullable Hook hook)
      implements Finding {}

  /** The line hardly does what its author thought. */
  record Mistake(Place place, String sentence) implements Finding {}
}
