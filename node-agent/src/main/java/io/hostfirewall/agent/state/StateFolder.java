package io.hostfirewall.agent.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which programs of ours on one node find each other: who writes to the kernel, who
 * is the agent, and whether the firewall was switched off.
 */
public final class StateFolder {

  private static final System.Logger LOG = System.getLogger(StateFolder.class.getName());

  /** Where it is unless somebody says otherwise. */
  public static final String DEFAULT = "/var/lib/hostfirewall";

  /** What an agent of a cluster's node does. */
  public static final String RUN = "run";

  private static final String KERNEL_LOCK = "lock";
  private static final String AGENT_LOCK = "agent.lock";
  private static final String DISABLED = "disabled";
  private static final String JOURNAL = "journal";
  private static final String SAVED = "saved";
  private static final String SSH_PORTS = "ssh-ports";
  private static final List<String> FILES =
      List.of(DISABLED, KERNEL_LOCK, AGENT_LOCK, JOURNAL, SSH_PORTS, SSH_PORTS + ".new");

  private final Path folder;

  public StateFolder(Path folder) {
    this.folder = folder;
  }

  /** Held by whom nobody else may disturb; ends with {@link #close}, or with the process. */
  public static final class Hold implements AutoCloseable {

    private final FileChannel channel;

    private Hold(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Makes this process the only one that writes to the kernel.
   *
   * @param what what it does, told to others who try
   */
  public Hold holdKernel(String what) throws HeldByOtherException {
    return hold(KERNEL_LOCK, what, "is changing the rules of this host");
  }

  /** Makes this process the agent of the node. */
  public Hold holdAgent(String what) throws HeldByOtherException {
    return hold(AGENT_LOCK, what, "is the agent of this host");
  }

  /**
   * Who is, or was last, the agent of this host as the node of a cluster; empty if nobody was, or a
   * command has been since. It takes no lock: an agent that starts just now must not find one.
   */
  public Optional<String> agentOfCluster() {
    try {
      var agent = Files.readString(folder.resolve(AGENT_LOCK)).strip();
      return agent.startsWith(signature(RUN)) ? Optional.of(agent) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the state folder " + folder, e);
    }
  }

  private static String signature(String what) {
    return "hostfirewall " + what + " (process ";
  }

  private Hold hold(String file, String what, String does) throws HeldByOtherException {
    FileChannel channel = null;
    try {
      Files.createDirectories(folder);
      channel =
          FileChannel.open(
              folder.resolve(file),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        var holder = read(channel);
        channel.close();
        throw new HeldByOtherException("%s %s. Try again when it is done".formatted(holder, does));
      }
      sign(channel, what);
      return new Hold(channel);
    } catch (IOException e) {
      close(channel);
      throw new UncheckedIOException("cannot use the state folder " + folder, e);
    }
  }

  /**
   * Leaves the holder's name for others. A full disk must not keep the firewall from being healed.
   */
  private static void sign(FileChannel channel, String what) {
    var name = signature(what) + ProcessHandle.current().pid() + ")";
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8)), 0);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING, "cannot write the holder of the lock: {0}", e.getMessage());
    }
  }

  private static void close(@Nullable FileChannel channel) {
    try {
      if (channel != null) {
        channel.close();
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "cannot let go of a lock: {0}", e.getMessage());
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static String read(FileChannel channel) throws IOException {
    var bytes = ByteBuffer.allocate(256);
    channel.read(bytes, 0);
    var text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8).strip();
    return text.isEmpty() ? "another program" : text;
  }

  /**
   * Takes everything away that programs of ours left here, and the folder if nothing else is in it.
   */
  public void forget() {
    try {
      savedTexts().delete();
      for (var file : FILES) {
        Files.deleteIfExists(folder.resolve(file));
      }
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException e) {
      LOG.log(System.Logger.Level.WARNING, "{0} stays, since other files are in it", folder);
    } catch (IOException e) {
      // A folder that is mounted here is its owner's to take away.
      LOG.log(System.Logger.Level.DEBUG, "the state folder stays: {0}", e.getMessage());
    }
  }

  /** Switches the firewall off until somebody enables it. */
  public void disable() {
    try {
      Files.createDirectories(folder);
      Files.writeString(disabledMark(), "");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the state folder " + folder, e);
    }
  }

  /** Undoes {@link #disable}; says whether it was disabled. */
  public boolean enable() {
    try {
      return Files.deleteIfExists(disabledMark());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the state folder " + folder, e);
    }
  }

  public boolean isDisabled() {
    return Files.exists(disabledMark());
  }

  /** What was last begun, and how far it came. */
  public JournalFile journal() {
    return new JournalFile(folder.resolve(JOURNAL));
  }

  /** Rule sets as they are loaded. */
  public SavedTexts savedTexts() {
    return new SavedTexts(folder.resolve(SAVED));
  }

  /** Where this host was seen to listen for SSH. */
  public KnownPorts sshPorts() {
    return new KnownPorts(folder.resolve(SSH_PORTS));
  }

  /** Takes away what was written down of rules. */
  public void forgetRules() {
    try {
      Files.deleteIfExists(folder.resolve(JOURNAL));
      savedTexts().delete();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot use the state folder " + folder, e);
    }
  }

  private Path disabledMark() {
    return folder.resolve(DISABLED);
  }
}
