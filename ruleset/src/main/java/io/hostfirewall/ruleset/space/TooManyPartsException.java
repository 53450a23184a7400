package io.hostfirewall.ruleset.space;

/** There are too many overlapping rules to keep account of all parts of what packets there are. */
public final class TooManyPartsException extends RuntimeException {

  private static final long serialVersionUID = 1;

  TooManyPartsException() {
    super("too many rules overlap to tell what each decides");
  }
}
