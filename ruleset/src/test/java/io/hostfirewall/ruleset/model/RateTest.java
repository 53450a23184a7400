package io.hostfirewall.ruleset.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.model.Rate.Unit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateTest {

  /** Written with iptables 1.8.9 and read back from the kernel. */
  @ParameterizedTest
  @CsvSource({
    "60, MINUTE, 1/sec",
    "1, MINUTE, 1/min",
    "7, MINUTE, 7/min",
    "100, HOUR, 100/hour",
    "77777, MINUTE, 1297/sec",
    "9999, MINUTE, 10000/min",
    "1, DAY, 1/day",
    "24, DAY, 1/hour"
  })
  void it_reads_back_as_the_kernel_prints_it(long count, Unit unit, String printed) {
    assertThat(Rate.asKept(count, unit)).hasToString(printed);
  }

  @Property
  void what_the_kernel_printed_once_it_prints_again(
      @ForAll @LongRange(min = 1, max = 10_000) long count, @ForAll Unit unit) {
    var kept = Rate.asKept(count, unit);
    assertThat(Rate.asKept(kept.count(), kept.unit())).isEqualTo(kept);
  }
}
