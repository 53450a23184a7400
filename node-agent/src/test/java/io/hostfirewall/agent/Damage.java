package io.hostfirewall.agent;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Texts that were whole before something happened to them. */
public final class Damage {

  private record Edit(int at, int length, String by) {}

  private Damage() {}

  /** A text with some of it exchanged, taken away, or overwritten by pieces or by noise. */
  public static Arbitrary<String> of(String whole, String... pieces) {
    var by =
        Arbitraries.oneOf(Arbitraries.of(List.of(pieces)), Arbitraries.strings().ofMaxLength(6));
    return Combinators.combine(
            Arbitraries.integers().between(0, whole.length()),
            Arbitraries.integers().between(0, 12),
            by)
        .as(Edit::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(5)
        .map(edits -> damaged(whole, edits));
  }

  private static String damaged(String whole, List<Edit> edits) {
    var text = new StringBuilder(whole);
    for (var edit : edits) {
      var from = Math.min(edit.at(), text.length());
      text.replace(from, Math.min(from + edit.length(), text.length()), edit.by());
    }
    return text.toString();
  }
}
