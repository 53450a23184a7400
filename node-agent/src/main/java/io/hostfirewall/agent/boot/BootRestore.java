package io.hostfirewall.agent.boot;

import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.ruleset.model.Family;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Lets a host load what was confirmed last when it boots, before its network is up: a unit of
 * systemd that runs a script in the state folder, by the host's own iptables and ipset. Nothing
 * else is asked, systemd least of all: it reads its units at the next boot.
 */
public final class BootRestore {

  /** Where units stand that an administrator, or a program of his, adds. */
  public static final String UNITS = "/etc/systemd/system";

  private static final String UNIT = "hostfirewall-boot.service";
  private static final String WANTS = "multi-user.target.wants";
  private static final String SCRIPT = "boot-restore";

  /** The unit could not be reached to be removed; the script does it when it runs next. */
  private static final String REMOVE = "boot-remove";

  private static final String FAILED = "boot-failed";
  private static final String UNSUPPORTED = "boot-unsupported";

  /** What neither systemd nor a shell reads as anything but itself. */
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9/._-]+");

  private final Path state;
  private final Path units;
  private final Path usr;

  /**
   * @param state the state folder, under the name that it has on the host
   * @param units where systemd looks for units
   * @param usr the host's folder {@code /usr}, wherever it is mounted
   */
  public BootRestore(Path state, Path units, Path usr) {
    this.state = state.toAbsolutePath().normalize();
    this.units = units;
    this.usr = usr;
  }

  /**
   * Installs the unit, or brings it up to date.
   *
   * @param backend the iptables that is in use
   * @return why this host cannot restore anything at boot; empty if all is well
   */
  public Optional<String> install(Backend backend) {
    try {
      var problem = unsupported(backend);
      if (problem.isPresent()) {
        remove();
        write(state.resolve(UNSUPPORTED), problem.get() + "\n");
        return problem;
      }
      Files.deleteIfExists(state.resolve(UNSUPPORTED));
      Files.deleteIfExists(state.resolve(REMOVE));
      write(state.resolve(SCRIPT), resource(SCRIPT));
      write(units.resolve(UNIT), unit(backend));
      enable();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("cannot install " + UNIT + ": " + e);
    }
  }

  /** What {@code systemctl enable} does. */
  private void enable() throws IOException {
    var link = units.resolve(WANTS).resolve(UNIT);
    Files.createDirectories(units.resolve(WANTS));
    if (!Files.isSymbolicLink(link)) {
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, Path.of("..", UNIT));
    }
  }

  private String unit(Backend backend) {
    return resource(UNIT)
        .replace("@STATE@", state.toString())
        .replace("@UNITS@", units.toString())
        .replace("@BACKEND@", backend.text());
  }

  private Optional<String> unsupported(Backend backend) {
    if (!Files.isDirectory(units) || !isThere("lib/systemd/systemd")) {
      return Optional.of("this host has no systemd, or " + units + " is not mounted");
    }
    if (!PLAIN.matcher(state.toString()).matches()) {
      return Optional.of("a unit cannot name the state folder " + state);
    }
    return Stream.of(
            "ipset",
            backend.program(Family.IPV4, "restore"),
            backend.program(Family.IPV6, "restore"))
        .filter(program -> !isThere("sbin/" + program) && !isThere("bin/" + program))
        .findFirst()
        .map(program -> "this host has no " + program + " of its own. Install it on the host");
  }

  /** A link of the host's may lead to where it leads on the host only. */
  private boolean isThere(String file) {
    return Files.exists(usr.resolve(file), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Takes the unit away again. Where it cannot be reached it takes itself away at the next boot,
   * and does nothing else then.
   *
   * @return whether nothing of it is left now
   */
  public boolean remove() {
    try {
      Files.deleteIfExists(state.resolve(FAILED));
      Files.deleteIfExists(state.resolve(UNSUPPORTED));
      if (!Files.exists(state.resolve(SCRIPT))) {
        return true;
      }
      if (!Files.isDirectory(units)) {
        write(state.resolve(REMOVE), "");
        return false;
      }
      Files.deleteIfExists(units.resolve(WANTS).resolve(UNIT));
      Files.deleteIfExists(units.resolve(UNIT));
      Files.deleteIfExists(state.resolve(REMOVE));
      Files.deleteIfExists(state.resolve(SCRIPT));
      return true;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot take " + UNIT + " away", e);
    }
  }

  /** Why nothing was loaded when this host booted last; empty if that went well. */
  public Optional<String> failure() {
    return line(FAILED);
  }

  /** One sentence on what happens when this host boots. */
  public String sentence() {
    if (Files.exists(state.resolve(SCRIPT)) && !Files.exists(state.resolve(REMOVE))) {
      return "the rules that were confirmed last are loaded before the network is up"
          + failure().map(why -> "; the last time nothing was: " + why).orElse("");
    }
    return "nothing is loaded before the agent starts"
        + line(UNSUPPORTED).map(why -> ": " + why).orElse("");
  }

  private Optional<String> line(String file) {
    try (var lines = Files.lines(state.resolve(file))) {
      return lines.findFirst();
    } catch (IOException | UncheckedIOException e) {
      return Optional.empty();
    }
  }

  /** Writes a file that is never seen half written, be it that the machine loses its power. */
  private static void write(Path file, String text) throws IOException {
    if (Files.exists(file) && Files.readString(file).equals(text)) {
      return;
    }
    var fresh = file.resolveSibling("." + file.getFileName() + ".new");
    Files.writeString(fresh, text);
    try (var channel = FileChannel.open(fresh, StandardOpenOption.READ)) {
      channel.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String resource(String name) {
    try (var resource = BootRestore.class.getResourceAsStream(name)) {
      return new String(
          Objects.requireNonNull(resource, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
