package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.model.PortRange;
import java.util.ArrayList;

/** Ports as iptables takes them: numbers, names, ranges open at an end, several of them. */
final class PortWords {

  /** Why a word is no port. */
  static final class NoPortException extends Exception {
    private static final long serialVersionUID = 1;

    NoPortException(String sentence) {
      super(sentence);
    }

    String sentence() {
      return String.valueOf(getMessage());
    }
  }

  private PortWords() {}

  static PortSet ports(String list) throws NoPortException {
    var ranges = new ArrayList<PortRange>();
    for (var word : list.split(",", -1)) {
      ranges.add(range(word.strip()));
    }
    return new PortSet(ranges);
  }

  private static PortRange range(String word) throws NoPortException {
    var colon = word.indexOf(':');
    if (colon < 0) {
      return PortRange.of(port(word));
    }
    var first = colon == 0 ? 0 : port(word.substring(0, colon));
    var last = colon == word.length() - 1 ? 65_535 : port(word.substring(colon + 1));
    if (first > last) {
      throw new NoPortException("the range \"%s\" runs backwards".formatted(word));
    }
    return new PortRange(first, last);
  }

  private static int port(String word) throws NoPortException {
    if (word.matches("\\d{1,9}")) {
      var number = Integer.parseInt(word);
      if (number <= 65_535) {
        return number;
      }
      throw new NoPortException("%s is no port: the last is 65535".formatted(word));
    }
    return ServiceNames.port(word)
        .orElseThrow(
            () ->
                new NoPortException(
                    "\"%s\" is no port and no service that is known here.%s Write its number"
                        .formatted(word, ServiceNames.hint(word))));
  }
}
