package io.hostfirewall.ruleset.space;

import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.space.Dimension.Header;
import java.math.BigInteger;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RegionTest {

  private static final int LARGEST = 63;

  @Provide
  Arbitrary<Spans> spans() {
    return Arbitraries.integers()
        .between(0, LARGEST)
        .set()
        .ofMaxSize(20)
        .map(
            numbers -> numbers.stream().map(n -> Spans.of((long) n)).reduce(Spans.NONE, Spans::or));
  }

  private static boolean has(Spans spans, int number) {
    return spans.contains(BigInteger.valueOf(number));
  }

  @Property
  void sets_of_numbers_behave_as_sets(@ForAll("spans") Spans a, @ForAll("spans") Spans b) {
    for (var n = 0; n <= LARGEST; n++) {
      assertThat(has(a.or(b), n)).isEqualTo(has(a, n) || has(b, n));
      assertThat(has(a.and(b), n)).isEqualTo(has(a, n) && has(b, n));
      assertThat(has(a.minus(b), n)).isEqualTo(has(a, n) && !has(b, n));
    }
    assertThat(a.minus(b).and(b).isEmpty()).isTrue();
  }

  private static Region region(Spans flags, Spans hops) {
    return Region.everything(Family.IPV4).with(Header.FLAGS, flags).with(Header.HOPS, hops);
  }

  private static boolean has(Region region, int flags, int hops) {
    return has(region.in(Header.FLAGS), flags) && has(region.in(Header.HOPS), hops);
  }

  @Property(tries = 200)
  void regions_behave_as_sets_and_their_parts_do_not_overlap(
      @ForAll("spans") Spans a,
      @ForAll("spans") Spans b,
      @ForAll("spans") Spans c,
      @ForAll("spans") Spans d) {
    var one = region(a, b);
    var other = region(c, d);
    var parts = one.minus(other);
    var common = one.and(other);
    for (var flags = 0; flags <= LARGEST; flags++) {
      for (var hops = 0; hops <= LARGEST; hops++) {
        var f = flags;
        var h = hops;
        var in = parts.stream().filter(part -> has(part, f, h)).count();
        assertThat(in).isEqualTo(has(one, f, h) && !has(other, f, h) ? 1 : 0);
        assertThat(common.filter(both -> has(both, f, h)).isPresent())
            .isEqualTo(has(one, f, h) && has(other, f, h));
      }
    }
  }

  @Property(tries = 50)
  void names_that_begin_alike_lie_beside_each_other(@ForAll("names") List<String> names) {
    for (var prefix : List.of("eth", "e", "bond0", "+")) {
      var bare = prefix.equals("+") ? "" : prefix;
      var all = Spaces.named(bare + "+");
      names.forEach(
          name ->
              assertThat(!Spaces.named(name).and(all).isEmpty()).isEqualTo(name.startsWith(bare)));
    }
    IntStream.range(1, names.size())
        .filter(i -> !names.get(i).equals(names.getFirst()))
        .forEach(
            i ->
                assertThat(Spaces.named(names.get(i)).and(Spaces.named(names.getFirst())).isEmpty())
                    .isTrue());
  }

  @Provide
  Arbitrary<List<String>> names() {
    return Arbitraries.of("eth0", "eth1", "eth01", "e", "bond0", "bond0.7", "lo", "ens18f0np0123ab")
        .list()
        .ofMinSize(1)
        .ofMaxSize(5);
  }
}
