package io.hostfirewall.agent.transaction;

import io.hostfirewall.agent.kernel.Kernel;
import io.hostfirewall.agent.kernel.KernelException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Rules of ours in the iptables that this host used before, as after a boot at which kubelet began
 * to use the other one. They decide until ours stand in the one in use, and go then: at no moment
 * nothing decides, and in the end not both.
 */
public final class FormerRules {

  private static final System.Logger LOG = System.getLogger(FormerRules.class.getName());

  private @Nullable Kernel kernel;

  /**
   * @param kernel the iptables that was used before; empty if no rules of ours stand in it
   */
  public FormerRules(Optional<Kernel> kernel) {
    this.kernel = kernel.orElse(null);
  }

  public static FormerRules none() {
    return new FormerRules(Optional.empty());
  }

  /** Whether there are none, or none any more. */
  boolean areGone() {
    return kernel == null;
  }

  /** Takes them away. What the kernel refuses is tried again by the next call. */
  void leave() {
    if (kernel == null) {
      return;
    }
    var backend = kernel.backend().text();
    try {
      kernel.restoreRules(Removal.steps(kernel.observeRules()));
      LOG.log(
          System.Logger.Level.INFO,
          "the rules of ours in iptables-{0} are gone: the other one is in use",
          backend);
      kernel = null;
    } catch (KernelException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "cannot take the rules of ours out of iptables-{0}: {1}",
          backend,
          e.getMessage());
    }
  }
}
