package io.hostfirewall.ruleset.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0/8",
    "192.0.2.1, 192.0.2.1/32",
    "0.0.0.0/0, 0.0.0.0/0",
    "2001:DB8::/32, 2001:db8::/32",
    "::/0, ::/0",
    "::1, ::1/128",
    "fd00:0:0:1:0:0:0:1, fd00:0:0:1::1/128",
    "1:0:0:2:0:0:0:3, 1:0:0:2::3/128",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1/128"
  })
  void it_prints_as_iptables_does(String written, String printed) {
    assertThat(Cidr.parse(written)).hasToString(printed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/-1",
        "10.0.0/8",
        "300.0.0.0/8",
        "host/8",
        "::1/129",
        "fe80::1%eth0/64",
        "10.0.0.0/8 ",
        "010.0.0.0/8",
        "10.0.0.0/08",
        "0x0a.0.0.0/8",
        "::ffff:10.0.0.1/128"
      })
  void what_is_no_network_is_refused(String written) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cidr.parse(written))
        .withMessageContaining("\"" + written + "\"");
  }

  @Test
  void host_bits_are_refused_with_both_remedies() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Cidr.parse("10.0.0.1/8"))
        .withMessage(
            "\"10.0.0.1/8\" has host bits. Write \"10.0.0.0/8\", or \"10.0.0.1/32\" for the one"
                + " address.");
  }

  @Property
  void text_is_read_back(@ForAll("networks") Cidr network) {
    assertThat(Cidr.parse(network.toString())).isEqualTo(network);
    assertThat(Cidr.parse(network.setEntry())).isEqualTo(network);
  }

  @Property
  void text_names_the_same_address_as_java_does(@ForAll("networks") Cidr network)
      throws UnknownHostException {
    var text = network.toString();
    var address = InetAddress.getByName(text.substring(0, text.indexOf('/')));
    assertThat(new BigInteger(1, address.getAddress())).isEqualTo(network.address());
  }

  @Property
  void an_address_is_left_over_exactly_if_it_is_in_and_not_excepted(
      @ForAll("smallNetworks") List<Cidr> networks,
      @ForAll("smallNetworks") List<Cidr> except,
      @ForAll("hosts") Cidr host) {
    var left = Networks.subtract(Family.IPV4, networks, except);

    assertThat(left.stream().anyMatch(network -> network.contains(host)))
        .isEqualTo(
            networks.stream().anyMatch(network -> network.contains(host))
                && except.stream().noneMatch(network -> network.contains(host)));
  }

  @Property
  void aggregated_networks_cannot_be_joined_further(@ForAll("smallNetworks") List<Cidr> networks) {
    var joined = Networks.aggregate(Family.IPV4, networks);

    assertThat(Networks.aggregate(Family.IPV4, joined)).isEqualTo(joined);
    assertThat(joined).isSorted().doesNotHaveDuplicates().hasSizeLessThanOrEqualTo(networks.size());
  }

  @Provide
  Arbitrary<Cidr> networks() {
    return Arbitraries.of(Family.class)
        .flatMap(
            family ->
                Combinators.combine(
                        Arbitraries.bigIntegers()
                            .between(
                                BigInteger.ZERO,
                                BigInteger.ONE
                                    .shiftLeft(family.addressBits())
                                    .subtract(BigInteger.ONE)),
                        Arbitraries.integers().between(0, family.addressBits()))
                    .as((address, length) -> network(family, address, length)));
  }

  /** Networks in 10.0.0.0/27, so that they meet each other. */
  @Provide
  Arbitrary<List<Cidr>> smallNetworks() {
    return Combinators.combine(
            Arbitraries.integers().between(0, 31), Arbitraries.integers().between(27, 32))
        .as((host, length) -> network(Family.IPV4, BigInteger.valueOf((10L << 24) + host), length))
        .list()
        .ofMaxSize(8);
  }

  @Provide
  Arbitrary<Cidr> hosts() {
    return Arbitraries.integers()
        .between(0, 31)
        .map(host -> new Cidr(Family.IPV4, BigInteger.valueOf((10L << 24) + host), 32));
  }

  private static Cidr network(Family family, BigInteger address, int length) {
    var free = family.addressBits() - length;
    return new Cidr(family, address.shiftRight(free).shiftLeft(free), length);
  }
}
