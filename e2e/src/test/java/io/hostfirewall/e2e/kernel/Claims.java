package io.hostfirewall.e2e.kernel;

import io.hostfirewall.ruleset.importing.Finding;
import io.hostfirewall.ruleset.importing.Hook;
import io.hostfirewall.ruleset.importing.Importer.Imported;
import io.hostfirewall.ruleset.importing.Packets;

/** What an import says that it decides as its files do. */
public final class Claims {

  private Claims() {}

  /** Whether no finding is about all of these packets. */
  public static boolean cover(Imported imported, Packets kind, Hook hook) {
    return imported.findings().stream().noneMatch(finding -> isAbout(finding, kind, hook));
  }

  private static boolean isAbout(Finding finding, Packets kind, Hook hook) {
    return finding instanceof Finding.NotCarriedOver(_, _, var about, var where)
        && about != null
        && about.family() == kind.family()
        && (where == null || where == hook)
        && about.covers(kind);
  }
}
