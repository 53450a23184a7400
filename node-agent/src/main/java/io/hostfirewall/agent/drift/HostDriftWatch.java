package io.hostfirewall.agent.drift;

import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.HostKernel;
import io.hostfirewall.ruleset.model.IpSet;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Watches this host: rules of nft by {@code nft monitor}, those of legacy by a resident
 * iptables-restore, sets by a resident ipset.
 */
public final class HostDriftWatch implements DriftWatch {

  private final Backend backend;
  private final Commands commands;
  private final Runnable tableChanged;
  private final List<Resident> residents = new ArrayList<>();
  private @Nullable SetPoll sets;
  private List<LegacyPoll> legacy = List.of();
  private @Nullable BackEndWatch backEnds;

  /**
   * @param tableChanged whom to tell that something may have happened to a whole table of nft's
   */
  public HostDriftWatch(Backend backend, Commands commands, Runnable tableChanged) {
    this.backend = backend;
    this.commands = commands;
    this.tableChanged = tableChanged;
  }

  @Override
  public void start(Runnable wake) {
    sets = new SetPoll(commands, wake);
    residents.add(sets);
    switch (backend) {
      case NFT -> residents.add(new NftMonitor(commands, tableChanged, wake));
      case LEGACY -> {
        legacy =
            HostKernel.families().stream()
                .map(family -> new LegacyPoll(commands, family, wake))
                .toList();
        residents.addAll(legacy);
      }
    }
    residents.forEach(Resident::start);
    backEnds = new BackEndWatch(backend, commands, wake);
    backEnds.start();
  }

  @Override
  public void watchSets(Collection<IpSet> watched) {
    if (sets != null) {
      sets.watch(List.copyOf(watched));
    }
  }

  @Override
  public void checked(boolean asMeant) {
    legacy.forEach(poll -> poll.checked(asMeant));
  }

  @Override
  public void lookAfter() {
    residents.forEach(Resident::endIfSilent);
  }

  @Override
  public String otherBackEnd() {
    return backEnds == null ? "" : backEnds.found();
  }

  @Override
  public String bypassed() {
    return backEnds == null ? "" : backEnds.bypassed();
  }

  @Override
  public void close() {
    residents.forEach(Resident::close);
    if (backEnds != null) {
      backEnds.close();
    }
  }
}
