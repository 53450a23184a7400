package io.hostfirewall.ruleset.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PackedNetworksTest {

  /** So few addresses that networks touch and hold each other. */
  @Provide
  Arbitrary<List<Cidr>> crowded() {
    return Arbitraries.of(Family.class)
        .flatMap(
            family ->
                Combinators.combine(
                        Arbitraries.integers().between(0, 31), Arbitraries.integers().between(0, 5))
                    .as((number, free) -> network(family, number, free))
                    .list()
                    .ofMaxSize(40));
  }

  private static Cidr network(Family family, int number, int free) {
    var base = Cidr.parse(family == Family.IPV4 ? "203.0.113.224/27" : "2001:db8::ffe0/123");
    var address = base.address().add(BigInteger.valueOf(number >> free << free));
    return new Cidr(family, address, family.addressBits() - free);
  }

  private static Family family(List<Cidr> networks) {
    return networks.isEmpty() ? Family.IPV4 : networks.getFirst().family();
  }

  @Property
  void they_are_the_same_networks_sorted_and_once(@ForAll("crowded") List<Cidr> networks) {
    var packed = PackedNetworks.of(family(networks), networks);

    assertThat(packed).isEqualTo(networks.stream().sorted().distinct().toList());
    assertThat(packed.entries()).isEqualTo(packed.stream().map(Cidr::setEntry).toList());
    assertThat(PackedNetworks.parse(family(networks), packed.entries())).isEqualTo(packed);
  }

  @Property
  void fewest_networks_hold_the_same_addresses(@ForAll("crowded") List<Cidr> networks) {
    var fewest = PackedNetworks.of(family(networks), networks).aggregate();

    assertThat(fewest).isEqualTo(Networks.aggregate(family(networks), networks));
    for (var number = 0; number < 32; number++) {
      var address = network(family(networks), number, 0);
      assertThat(fewest.holds(address))
          .isEqualTo(networks.stream().anyMatch(network -> network.contains(address)));
    }
  }

  @Property
  void a_difference_is_what_only_one_of_two_holds(
      @ForAll("crowded") List<Cidr> networks, @ForAll("crowded") List<Cidr> others) {
    var one = PackedNetworks.of(Family.IPV4, networks);
    var other = PackedNetworks.of(Family.IPV4, others);
    var gone = new ArrayList<Cidr>();
    var fresh = new ArrayList<Cidr>();

    PackedNetworks.difference(one, other, gone::add, fresh::add);

    var expected = new ArrayList<>(one);
    expected.removeAll(new HashSet<>(other));
    assertThat(gone).isEqualTo(expected);
    expected = new ArrayList<>(other);
    expected.removeAll(new HashSet<>(one));
    assertThat(fresh).isEqualTo(expected);
  }

  @Property
  void lists_of_both_families_add_up(
      @ForAll("crowded") List<Cidr> networks, @ForAll("crowded") List<Cidr> others) {
    var all = new ArrayList<>(networks);
    all.addAll(others);

    assertThat(
            PackedNetworks.union(
                List.of(
                    PackedNetworks.ofBothFamilies(networks),
                    PackedNetworks.ofBothFamilies(others))))
        .isEqualTo(PackedNetworks.ofBothFamilies(all))
        .isEqualTo(all.stream().sorted().distinct().toList());
  }

  @Example
  void the_ends_of_a_family_are_networks_like_others() {
    for (var texts :
        List.of(
            List.of("0.0.0.0/1", "128.0.0.0/1", "255.255.255.255"),
            List.of("::/1", "8000::/1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"))) {
      var networks = texts.stream().map(Cidr::parse).toList();
      var packed = PackedNetworks.of(networks.getFirst().family(), networks);
      assertThat(packed.entries()).isEqualTo(texts);
      assertThat(packed.aggregate()).singleElement().matches(Cidr::isEverything);
      assertThat(packed.aggregate().holds(networks.getLast())).isTrue();
    }
  }

  @Example
  void what_is_no_network_of_the_family_is_refused() {
    for (var text :
        List.of(
            "10.0.0.0/8 nomatch",
            "10.0.0.1/8",
            "010.0.0.0/8",
            "10.0.0",
            "10.0.0.0.0",
            "256.0.0.0",
            "4294967306.0.0.0",
            "10.0.0.0/33",
            "10.0.0.0/",
            "::/1",
            "")) {
      assertThatThrownBy(() -> PackedNetworks.parse(Family.IPV4, List.of(text)))
          .as(text)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
