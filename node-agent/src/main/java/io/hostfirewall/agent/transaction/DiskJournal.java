package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.BootClock;
import io.hostfirewall.agent.state.JournalFile;
import io.hostfirewall.agent.state.SavedTexts;
import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.ruleset.model.ContentHash;
import io.hostfirewall.ruleset.model.IpSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The journal in the state folder. It says what is under way and what was confirmed before; the
 * rule sets themselves are saved beside it.
 */
public final class DiskJournal implements Journal {

  private static final System.Logger LOG = System.getLogger(DiskJournal.class.getName());

  private static final String VERSION = "1";
  private static final String UNKNOWN = "-";
  private static final String NOTHING = "nothing";

  private final JournalFile file;
  private final SavedTexts saved;
  private final Writing writing;
  private final String bootId;

  private @Nullable Entry last;
  private boolean read;

  /** What the sets of the confirmed rules are known to be on disk. */
  private @Nullable List<IpSet> savedSets;

  /** Whose hash was asked for last: each step asks, and to hash it takes the text of all rules. */
  private Wanted hashed = Wanted.nothing();

  private String hashOfHashed = NOTHING;

  /** The hash of what is known to be saved as a whole. */
  private String whole = "";

  /** Why the line or the rules cannot be written; empty if they can. */
  private String problem = "";

  /** Why the sets that changed since cannot be. */
  private String problemOfSets = "";

  public DiskJournal(StateFolder folder) {
    this(folder, BootClock.bootId());
  }

  DiskJournal(StateFolder folder, String bootId) {
    this(folder, bootId, writing -> writing);
  }

  /**
   * @param disk what becomes of a line on its way to the journal's file
   */
  DiskJournal(StateFolder folder, String bootId, UnaryOperator<Writing> disk) {
    this.file = folder.journal();
    this.writing = disk.apply(file::write);
    this.saved = folder.savedTexts();
    this.bootId = bootId;
  }

  /** Writes a line, as {@link JournalFile#write} does. */
  interface Writing {
    void write(String line, boolean durable) throws IOException;
  }

  /**
   * What is under way.
   *
   * @param boot the start of the machine in which it was written
   * @param wanted the hash of the rule set that is to be enforced
   * @param before the hash of the one that was confirmed before
   */
  private record Entry(Step step, String boot, String wanted, String before) {

    String line() {
      return String.join(
          " ",
          VERSION,
          step.name(),
          boot.isEmpty() ? UNKNOWN : boot,
          "at",
          Long.toString(BootClock.sinceBoot().toMillis()),
          wanted,
          "before",
          before);
    }

    static Optional<Entry> parse(String line) {
      var words = line.split(" ", -1);
      if (words.length != 8 || !words[0].equals(VERSION)) {
        return Optional.empty();
      }
      try {
        return Optional.of(new Entry(Step.valueOf(words[1]), words[2], words[5], words[7]));
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }

    boolean isDone(String hash) {
      return step == Step.DONE && wanted.equals(hash);
    }

    /** The hash of what is confirmed, as long as this is all that is known. */
    String confirmed() {
      return switch (step) {
        case LOAD, CONFIRM, FALL_BACK -> before;
        case TIDY, DONE -> wanted;
      };
    }
  }

  @Override
  public void next(Step step, Wanted wanted) {
    try {
      var before = entry();
      var confirmed = before == null ? UNKNOWN : before.confirmed();
      var next = new Entry(step, bootId, hash(wanted), confirmed);
      if (step == Step.DONE
          && problem.isEmpty()
          && before != null
          && before.isDone(next.wanted())
          && file.exists()
          && isSaved(wanted)) {
        return;
      }
      // A line that names what is not saved would hide what is.
      if (step == Step.CONFIRM || ((step == Step.TIDY || step == Step.DONE) && !isSaved(wanted))) {
        save(wanted);
      }
      // A line after which the same is confirmed makes no difference to a machine without power.
      var news = !next.confirmed().equals(confirmed) || !file.exists();
      writing.write(next.line(), news || (step != Step.DONE && step != Step.FALL_BACK));
      last = next;
      if (step == Step.FALL_BACK) {
        savedSets = null; // Those of what failed were saved last.
      }
      if (step == Step.DONE) {
        saved.keepOnly(hash(wanted));
      }
      problem = "";
    } catch (IOException | UncheckedIOException e) {
      problem = complaint(problem, e);
    }
  }

  private boolean isSaved(Wanted wanted) throws IOException {
    if (wanted.isNothing()) {
      return true;
    }
    var hash = hash(wanted);
    if (!saved.holds(hash, SavedRules.NAMES)) {
      whole = "";
    } else if (!hash.equals(whole) && saved.read(hash).isPresent()) {
      whole = hash;
    }
    return hash.equals(whole);
  }

  /** Whether nobody took away what was written; says nothing of what is in it. */
  private boolean isThere() throws IOException {
    var entry = entry();
    return entry != null
        && file.exists()
        && (entry.confirmed().equals(NOTHING) || saved.holds(entry.confirmed(), SavedRules.NAMES));
  }

  @Override
  public void changed(Wanted confirmed) {
    try {
      if (!problem.isEmpty() || !isThere()) {
        next(Step.DONE, confirmed);
      }
    } catch (IOException e) {
      problem = complaint(problem, e);
    }
    if (confirmed.isNothing() || confirmed.liveSets().equals(savedSets)) {
      return;
    }
    try {
      saved.write(hash(confirmed), SavedRules.setTexts(confirmed));
      savedSets = confirmed.liveSets();
      problemOfSets = "";
    } catch (IOException e) {
      savedSets = null; // Nobody knows how far it came.
      problemOfSets = complaint(problemOfSets, e);
    }
  }

  private void save(Wanted wanted) throws IOException {
    if (!wanted.isNothing()) {
      saved.write(hash(wanted), SavedRules.texts(wanted));
      savedSets = wanted.liveSets();
      whole = hash(wanted);
    }
    problemOfSets = "";
  }

  /** Stands for rules and the revision that they were made from, which is in them as a remark. */
  @SuppressWarnings("ReferenceEquality") // Comparing all rules takes as long as to hash them.
  private String hash(Wanted wanted) {
    if (wanted != hashed) {
      hashOfHashed =
          wanted.isNothing()
              ? NOTHING
              : ContentHash.shortOf(wanted.hash() + " " + wanted.revision());
      hashed = wanted;
    }
    return hashOfHashed;
  }

  private @Nullable Entry entry() throws IOException {
    if (!read) {
      last = file.last().flatMap(Entry::parse).orElse(null);
      read = true;
    }
    return last;
  }

  @Override
  public void trialWasConfirmed() {
    try {
      var entry = entry();
      if (entry != null && entry.step() == Step.CONFIRM && entry.boot().equals(bootId)) {
        var next = new Entry(Step.TIDY, bootId, entry.wanted(), entry.before());
        writing.write(next.line(), true);
        last = next;
      }
    } catch (IOException | UncheckedIOException e) {
      problem = complaint(problem, e);
    }
  }

  @Override
  public Optional<Wanted> confirmed(boolean trialWasConfirmed) {
    try {
      var entry = entry();
      if (entry == null) {
        return Optional.empty();
      }
      var sameBoot = entry.boot().equals(bootId);
      return read(
          entry.step() == Step.CONFIRM && trialWasConfirmed && sameBoot
              ? entry.wanted()
              : entry.confirmed());
    } catch (IOException e) {
      problem = complaint(problem, e);
      return Optional.empty();
    }
  }

  private Optional<Wanted> read(String hash) throws IOException {
    if (hash.equals(UNKNOWN) || hash.equals(NOTHING)) {
      return Optional.empty();
    }
    var texts = saved.read(hash);
    if (texts.isEmpty()) {
      LOG.log(System.Logger.Level.WARNING, "the saved rules {0} are damaged or gone", hash);
      return Optional.empty();
    }
    try {
      var wanted = SavedRules.read(texts.get());
      if (hash(wanted).equals(hash)) {
        return Optional.of(wanted);
      }
      LOG.log(System.Logger.Level.WARNING, "the saved rules {0} are not what they say", hash);
    } catch (IllegalArgumentException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the saved rules {0} make no sense: {1}",
          hash,
          e.getMessage());
    }
    return Optional.empty();
  }

  private static String complaint(String before, Exception e) {
    var complaint =
        "what is confirmed cannot be written down, so that it is not restored later: " + e;
    if (!complaint.equals(before)) {
      LOG.log(System.Logger.Level.WARNING, "{0}", complaint);
    }
    return complaint;
  }

  @Override
  public String problem() {
    return problem.isEmpty() ? problemOfSets : problem;
  }
}
