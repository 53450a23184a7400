package io.hostfirewall.ruleset.foreign;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A rule of a file.
 *
 * @param line where it stands, counted from 1
 * @param modules the {@code -m} of it, in their order
 * @param options its conditions, in their order
 * @param target where it leads; null if it only counts
 * @param comment empty if it has none
 * @param readable whether everything in it was understood; if not, a mistake says why
 */
public record RuleLine(
    int line,
    List<String> modules,
    List<RuleOption> options,
    @Nullable Target target,
    String comment,
    boolean readable) {

  /**
   * What is done with the packet.
   *
   * @param name a verdict, an extension such as {@code LOG}, or a chain
   * @param column of the option that names it, counted from 1
   * @param returns whether a chain that does not decide comes back here: {@code -j}, not {@code -g}
   */
  public record Target(String name, int column, boolean returns, List<RuleOption> options) {
    public Target {
      options = List.copyOf(options);
    }

    /** The first value of one of its options. */
    public Optional<String> option(String name) {
      return options.stream().filter(o -> o.name().equals(name)).findFirst().map(RuleOption::value);
    }
  }

  public RuleLine {
    modules = List.copyOf(modules);
    options = List.copyOf(options);
  }
}
