package io.hostfirewall.ruleset.parse;

import java.util.List;
import java.util.Optional;

/** A table as iptables-save printed it, chains of others included. */
public record SavedTable(String name, List<SavedChain> chains) {

  public SavedTable {
    chains = List.copyOf(chains);
  }

  public Optional<SavedChain> chain(String chainName) {
    return chains.stream().filter(chain -> chain.name().equals(chainName)).findFirst();
  }
}
