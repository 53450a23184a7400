package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Networks;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Addresses in every form that iptables takes: with a mask, shortened, several of them. */
final class AddressWords {

  private static final Pattern IPV4 =
      Pattern.compile(NumberWords.NUMBER + "(\\." + NumberWords.NUMBER + "){0,3}");

  private static final int HIGHEST_OCTET = 255;

  private static final Pattern HOST_NAME =
      Pattern.compile("(?=.*[a-zA-Z])[a-zA-Z0-9_]([a-zA-Z0-9_.-]*[a-zA-Z0-9_])?\\.?");

  /** Why a word is no network. */
  static final class NoNetworkException extends Exception {
    private static final long serialVersionUID = 1;

    NoNetworkException(String sentence) {
      super(sentence);
    }

    String sentence() {
      return String.valueOf(getMessage());
    }
  }

  private AddressWords() {}

  /** The networks of a list with commas. */
  static List<Cidr> networks(String list, Family family) throws NoNetworkException {
    var networks = new ArrayList<Cidr>();
    for (var word : list.split(",", -1)) {
      networks.add(network(word.strip(), family));
    }
    return Networks.aggregate(family, networks);
  }

  /** Every address from one to another: {@code 10.0.0.1-10.0.0.9}. */
  static List<Cidr> range(String text, Family family) throws NoNetworkException {
    var dash = text.indexOf('-');
    var first = network(dash < 0 ? text : text.substring(0, dash), family);
    var last = dash < 0 ? first : network(text.substring(dash + 1), family);
    if (first.address().compareTo(last.last()) > 0) {
      throw new NoNetworkException("the range \"%s\" runs backwards".formatted(text));
    }
    return Networks.range(family, first.address(), last.last());
  }

  private static Cidr network(String word, Family family) throws NoNetworkException {
    var slash = word.indexOf('/');
    var host = slash < 0 ? word : word.substring(0, slash);
    var address = address(host, family);
    var length = slash < 0 ? family.addressBits() : length(word.substring(slash + 1), family, word);
    var free = family.addressBits() - length;
    return new Cidr(family, address.shiftRight(free).shiftLeft(free), length);
  }

  private static BigInteger address(String host, Family family) throws NoNetworkException {
    if (family == Family.IPV4 && IPV4.matcher(host).matches()) {
      return ipv4(host);
    }
    if (host.indexOf(':') >= 0 || IPV4.matcher(host).matches()) {
      try {
        var parsed = Cidr.parse(host);
        if (parsed.family() == family) {
          return parsed.address();
        }
      } catch (IllegalArgumentException e) {
        throw new NoNetworkException("\"%s\" is no address".formatted(host));
      }
      throw new NoNetworkException("\"%s\" is an address of the other family".formatted(host));
    }
    if (HOST_NAME.matcher(host).matches()) {
      throw new NoNetworkException(
          "\"%s\" is the name of a host, and names are never looked up; write its address"
              .formatted(host));
    }
    throw new NoNetworkException("\"%s\" is no address".formatted(host));
  }

  /** A shortened one is filled with zeros, as iptables does: {@code 10/8}. */
  private static BigInteger ipv4(String host) throws NoNetworkException {
    var value = 0L;
    var count = 0;
    for (var octet : host.split("\\.", -1)) {
      var number =
          NumberWords.number(octet, HIGHEST_OCTET)
              .orElseThrow(() -> new NoNetworkException("\"%s\" is no address".formatted(host)));
      value = (value << 8) | number;
      count++;
    }
    return BigInteger.valueOf(value << (8 * (4 - count)));
  }

  private static int length(String text, Family family, String word) throws NoNetworkException {
    var number = NumberWords.number(text, family.addressBits());
    if (number.isPresent()) {
      return number.getAsInt();
    }
    var mask = address(text, family);
    var all = BigInteger.ONE.shiftLeft(family.addressBits()).subtract(BigInteger.ONE);
    var hostBits = all.subtract(mask);
    if (hostBits.and(hostBits.add(BigInteger.ONE)).signum() != 0) {
      throw new NoNetworkException(
          "the mask of \"%s\" has gaps, and a network in a policy has a length".formatted(word));
    }
    return family.addressBits() - hostBits.bitLength();
  }
}
