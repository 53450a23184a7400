package io.hostfirewall.agent.policyfile;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Says why a file cannot be read. */
public final class Unreadable {

  private Unreadable() {}

  /** A sentence without its subject, such as {@code does not exist.}. */
  public static String why(Path file, IOException cause) {
    if (file.toString().isEmpty()) {
      return "is no name of a file. Write one.";
    }
    if (Files.isDirectory(file) && !(cause instanceof AccessDeniedException)) {
      return "is a folder. Name a file in it.";
    }
    return switch (cause) {
      case NoSuchFileException _ when Files.isSymbolicLink(file) ->
          "is a link to a file that does not exist.";
      case NoSuchFileException _ -> "does not exist.";
      case AccessDeniedException _ ->
          "may not be read by this user. Run the command with sudo, or give the user the right.";
      default -> "cannot be read: %s.".formatted(cause.getMessage());
    };
  }
}
