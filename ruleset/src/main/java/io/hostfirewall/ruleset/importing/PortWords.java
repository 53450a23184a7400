package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.model.PortRange;
import java.util.ArrayList;

/** Ports as iptables takes them: numbers, names, ranges open at an end, several of them. */
final class PortWords {

  private static final int LAST = 65_535;

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
    var last = colon == word.length() - 1 ? LAST : port(word.substring(colon + 1));
    if (first > last) {
      throw new NoPortException("the range \"%s\" runs backwards".formatted(word));
    }
    return new PortRange(first, last);
  }

  private static int port(String word) throws NoPortException {
    var number = NumberWords.number(word, LAST);
    if (number.isPresent()) {
      return number.getAsInt();
    }
    if (NumberWords.number(word, Integer.MAX_VALUE).isPresent()) {
      throw new NoPortException("%s is no port: the last is %d".formatted(word, LAST));
    }
    return ServiceNames.port(word)
        .orElseThrow(
            () ->
                new NoPortException(
                    "\"%s\" is no port and no service that is known here.%s Write its number"
                        .formatted(word, ServiceNames.hint(word))));
  }
}
