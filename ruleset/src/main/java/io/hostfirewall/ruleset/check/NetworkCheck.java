package io.hostfirewall.ruleset.check;

import io.hostfirewall.ruleset.model.Cidr;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says what is wrong with a network, and what to write for what people write elsewhere. */
final class NetworkCheck {

  private static final Pattern ANYONE = Pattern.compile("(?i)any|all|anyone|anywhere|\\*|0/0");
  private static final Pattern MASKED = Pattern.compile("([\\d.]+)/(\\d+(?:\\.\\d+){3})");
  private static final Pattern RANGE = Pattern.compile("[\\da-fA-F.:]+\\s*-\\s*[\\da-fA-F.:]+");
  private static final Pattern SHORT = Pattern.compile("(\\d{1,3}(?:\\.\\d{1,3}){0,2})/(\\d{1,2})");
  private static final Pattern PADDED = Pattern.compile("0+(?=\\d)");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9.-]*[g-zG-Z][A-Za-z0-9.-]*");

  private NetworkCheck() {}

  static void check(Findings at, String network) {
    try {
      var read = Cidr.parse(network);
      if (network.indexOf('/') < 0) {
        at.add("\"%s\" has no prefix length. Write \"%s\"".formatted(network, read));
      }
    } catch (IllegalArgumentException e) {
      at.addAll(
          List.of(
              new Problem(
                  at.place(), remedy(network).orElseGet(() -> String.valueOf(e.getMessage())))));
    }
  }

  private static Optional<String> remedy(String network) {
    var no = "\"%s\" is no network".formatted(network);
    if (ANYONE.matcher(network).matches()) {
      return Optional.of(
          no + ". Write \"0.0.0.0/0\" and \"::/0\" for everybody, or leave the peers out.");
    }
    if (RANGE.matcher(network).matches()) {
      return Optional.of(no + " but a range. Write the networks that it is made of.");
    }
    if (HOST.matcher(network).matches()) {
      return Optional.of(
          no + ": names are not looked up. Write its address, such as 192.0.2.7/32.");
    }
    return instead(network).map(better -> no + ". Write \"%s\".".formatted(better));
  }

  /** The network in our spelling, if it is one in another. */
  private static Optional<String> instead(String network) {
    var masked = MASKED.matcher(network);
    if (masked.matches()) {
      return network(masked.group(1), length(masked.group(2)));
    }
    var plain =
        Stream.of(network.split("\\.", -1))
            .map(part -> PADDED.matcher(part).replaceFirst(""))
            .collect(Collectors.joining("."));
    var shortened = SHORT.matcher(plain);
    if (shortened.matches()) {
      var missing = 3 - (int) shortened.group(1).chars().filter(c -> c == '.').count();
      return network(shortened.group(1) + ".0".repeat(missing), shortened.group(2));
    }
    return plain.equals(network) ? Optional.empty() : parse(plain);
  }

  private static Optional<String> network(String address, String length) {
    return parse(address + "/" + length);
  }

  private static Optional<String> parse(String network) {
    try {
      return Optional.of(Cidr.parse(network).toString());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Of a mask; something that is no length if its ones are not all before its zeros. */
  private static String length(String mask) {
    try {
      var bits = Cidr.parse(mask).address();
      var ones = bits.bitCount();
      var all = BigInteger.ONE.shiftLeft(32).subtract(BigInteger.ONE);
      return bits.equals(all.subtract(all.shiftRight(ones))) ? String.valueOf(ones) : "";
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
