package io.hostfirewall.e2e.kernel;

import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.agent.kernel.IpSets;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.kernel.Xtables;
import io.hostfirewall.ruleset.model.Family;
import java.util.concurrent.atomic.AtomicInteger;

/** Spoils one of the writes to the kernel, which then really refuses it. */
final class Refusal {

  /** What is spoiled of a write. */
  enum Place {
    /** The program refuses all of it. */
    WHOLE,
    /**
     * The program carries out what it does line by line (ipset), or one table and not the next
     * (iptables).
     */
    AT_THE_END
  }

  private final Place place;
  private final AtomicInteger left = new AtomicInteger();

  Refusal(Place place) {
    this.place = place;
  }

  /** The so-manyth write from now on is refused. */
  void after(int writes) {
    left.set(writes);
  }

  private String spoil(String text, String nonsense) {
    if (left.decrementAndGet() != 0) {
      return text;
    }
    return place == Place.WHOLE ? nonsense + text : text + nonsense;
  }

  Xtables iptables(Xtables real) {
    return new Xtables() {
      @Override
      public Backend backend() {
        return real.backend();
      }

      @Override
      public String save(Family family) throws KernelException {
        return real.save(family);
      }

      @Override
      public void restore(Family family, String text) throws KernelException {
        real.restore(
            family,
            spoil(text, "*filter\n-A INPUT -m set --match-set no-such-set src -j DROP\nCOMMIT\n"));
      }
    };
  }

  IpSets ipset(IpSets real) {
    return new IpSets() {
      @Override
      public String save() throws KernelException {
        return real.save();
      }

      @Override
      public void restore(String text) throws KernelException {
        real.restore(spoil(text, "add no-such-set 192.0.2.1\n"));
      }
    };
  }
}
