package io.hostfirewall.agent.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Texts on disk, in groups with a name each. They are what the kernel's own programs read, so that
 * no program of ours is needed to load them. The last line of each is a remark with the sum of all
 * before it: a text that was cut off is known.
 */
public final class SavedTexts {

  private static final String SUM = "# sum ";
  private static final String NEW = ".new";

  private final Path folder;

  SavedTexts(Path folder) {
    this.folder = folder;
  }

  /** Writes texts of a group, and brings them to disk before it returns; others of it stay. */
  public void write(String group, Map<String, String> texts) throws IOException {
    var home = folder.resolve(group);
    Files.createDirectories(home);
    for (var text : texts.entrySet()) {
      replace(home.resolve(text.getKey()), text.getValue());
    }
    force(home);
    force(folder);
  }

  private static void replace(Path file, String text) throws IOException {
    var fresh = file.resolveSibling(file.getFileName() + NEW);
    Files.writeString(fresh, text + SUM + JournalFile.sum(text) + "\n");
    force(fresh);
    try {
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void force(Path path) throws IOException {
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  /** The texts of a group; empty if there is none, or if one was changed or cut off. */
  public Optional<Map<String, String>> read(String group) throws IOException {
    var texts = new TreeMap<String, String>();
    try (var files = Files.list(folder.resolve(group))) {
      for (var file : files.filter(f -> !f.toString().endsWith(NEW)).toList()) {
        var text = whole(Files.readString(file, StandardCharsets.ISO_8859_1));
        if (text.isEmpty()) {
          return Optional.empty();
        }
        texts.put(file.getFileName().toString(), text.get());
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    return texts.isEmpty() ? Optional.empty() : Optional.of(texts);
  }

  /** Whether all these texts of a group are there; says nothing of what is in them. */
  public boolean holds(String group, Collection<String> names) {
    var home = folder.resolve(group);
    return names.stream().allMatch(name -> Files.exists(home.resolve(name)));
  }

  private static Optional<String> whole(String content) {
    var end = content.lastIndexOf(SUM);
    if (end < 0) {
      return Optional.empty();
    }
    var text = content.substring(0, end);
    return content.substring(end).equals(SUM + JournalFile.sum(text) + "\n")
        ? Optional.of(text)
        : Optional.empty();
  }

  /** Takes all groups away but one. */
  public void keepOnly(String group) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var groups = Files.list(folder)) {
      for (var other : groups.filter(g -> !g.endsWith(group)).toList()) {
        delete(other);
      }
    }
  }

  /** Takes all groups away. */
  void delete() throws IOException {
    delete(folder);
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    if (Files.isDirectory(path)) {
      try (var inside = Files.list(path)) {
        inside.forEach(SavedTexts::deleteInside);
      }
    }
    Files.deleteIfExists(path);
  }

  private static void deleteInside(Path path) {
    try {
      delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
