package io.hostfirewall.ruleset.check;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Problems found so far, and the place in the object that is looked at now. */
final class Findings {

  private final String place;
  private final List<Problem> problems;

  Findings(String place) {
    this(place, new ArrayList<>());
  }

  private Findings(String place, List<Problem> problems) {
    this.place = place;
    this.problems = problems;
  }

  String place() {
    return place;
  }

  List<Problem> problems() {
    return List.copyOf(problems);
  }

  Findings at(String field) {
    return new Findings(place + "." + field, problems);
  }

  Findings at(String list, int index) {
    return at(list + "[" + index + "]");
  }

  void add(String sentence) {
    problems.add(new Problem(place, sentence + "."));
  }

  void add(String field, String sentence) {
    at(field).add(sentence);
  }

  /** Of several sentences, with the last one's full stop. */
  void addWhole(String field, String sentences) {
    problems.add(new Problem(at(field).place, sentences));
  }

  void addAll(List<Problem> more) {
    problems.addAll(more);
  }

  boolean require(String field, @Nullable Object value, String remedy) {
    if (value == null) {
      add(field, "is required. " + remedy);
    }
    return value != null;
  }

  void range(String field, @Nullable Integer value, int least, int most) {
    if (value != null && (value < least || value > most)) {
      add(field, "must be from %d to %d, not %d".formatted(least, most, value));
    }
  }

  void size(String list, @Nullable List<?> values, int least, int most) {
    if (values == null) {
      return;
    }
    if (values.size() < least) {
      add(list, "must not be empty. Leave it out if it shall match anything");
    }
    if (values.size() > most) {
      add(list, "must have at most %d entries, not %d".formatted(most, values.size()));
    }
  }
}
