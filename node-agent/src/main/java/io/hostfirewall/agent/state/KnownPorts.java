package io.hostfirewall.agent.state;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** Ports that were found out by a program that may not be able to find them out again. */
public final class KnownPorts {

  private static final System.Logger LOG = System.getLogger(KnownPorts.class.getName());

  private final Path file;
  private final boolean isKept;

  KnownPorts(Path file) {
    this(file, true);
  }

  private KnownPorts(Path file, boolean isKept) {
    this.file = file;
    this.isKept = isKept;
  }

  /** The same for a program that changes nothing on this host. */
  public KnownPorts unchanged() {
    return new KnownPorts(file, false);
  }

  /** Those that were written last; none if nobody can read them. */
  public List<Integer> read() {
    try {
      return Arrays.stream(Files.readString(file).strip().split(" "))
          .filter(word -> word.matches("\\d{1,5}"))
          .map(Integer::valueOf)
          .filter(port -> port >= 1 && port <= 65535)
          .toList();
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}", e);
      return List.of();
    }
  }

  /** Writes them in place of all others. What cannot be written is known for this life only. */
  public void write(Collection<Integer> ports) {
    if (!isKept) {
      return;
    }
    var text = ports.stream().map(String::valueOf).collect(Collectors.joining(" ", "", "\n"));
    var fresh = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(fresh, text);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "{0}", e);
    }
  }
}
