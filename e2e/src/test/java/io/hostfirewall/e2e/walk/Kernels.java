package io.hostfirewall.e2e.walk;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.RuleSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The kernel with both back ends, beside the walk. */
final class Kernels implements AutoCloseable {

  private final List<Subject> subjects = List.of(new Subject("nft"), new Subject("legacy"));
  private int runs;
  private long judged;

  List<Subject> subjects() {
    return subjects;
  }

  /** A number that no other rules had. */
  int nextRun() {
    return ++runs;
  }

  int runs() {
    return runs;
  }

  long judged() {
    return judged;
  }

  /** Where walk and kernel differ. */
  List<String> differences(Case any) {
    return differences(any, UnaryOperator.identity());
  }

  /**
   * Where walk and kernel differ.
   *
   * @param damage what is done to the rules on their way to the kernel
   */
  List<String> differences(Case any, UnaryOperator<RuleSet> damage) {
    var differences = new ArrayList<String>();
    var run = nextRun();
    for (var family : Family.values()) {
      var rules = any.rules(family, run);
      for (var subject : subjects) {
        var walks = Walks.of(any, rules, subject.backEnd());
        subject.load(damage.apply(rules), any.sets(rules));
        judged += walks.all().count();
        var kernel = subject.judge(damage.apply(rules), walks);
        Tally.differences(rules, Tally.of(walks), kernel)
            .forEach(
                line -> differences.add("%s %s %s".formatted(subject.backEnd(), family, line)));
      }
    }
    return differences;
  }

  @Override
  public void close() {
    subjects.forEach(Subject::close);
  }
}
