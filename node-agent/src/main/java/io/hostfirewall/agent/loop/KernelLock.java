package io.hostfirewall.agent.loop;

import io.hostfirewall.agent.health.Telemetry;
import io.hostfirewall.agent.state.HeldByOtherException;
import io.hostfirewall.agent.state.StateFolder;
import io.hostfirewall.agent.transaction.Wanted;
import io.hostfirewall.api.v1alpha1.NodePhase;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * What a program of ours holds while it changes the rules of this host. Here nobody gets it while
 * the firewall is switched off.
 */
final class KernelLock {

  private static final System.Logger LOG = System.getLogger(KernelLock.class.getName());

  private final StateFolder state;
  private final Telemetry telemetry;
  private final Account account;

  /** Why nothing could be done at all. */
  private String complaint = "";

  KernelLock(StateFolder state, Telemetry telemetry, Account account) {
    this.state = state;
    this.telemetry = telemetry;
    this.account = account;
  }

  /**
   * Takes it; empty if this program may change nothing now.
   *
   * @param enforced what is in force, for who is told that nothing can be done
   */
  Optional<StateFolder.Hold> take(Optional<Wanted> enforced) {
    try {
      var hold = state.holdKernel(StateFolder.RUN);
      // Somebody may have switched it off since this pass began.
      if (state.isDisabled()) {
        hold.close();
        return Optional.empty();
      }
      return Optional.of(hold);
    } catch (HeldByOtherException e) {
      LOG.log(System.Logger.Level.INFO, "{0}", e.getMessage());
    } catch (UncheckedIOException e) {
      unusable(String.valueOf(e.getMessage()), String.valueOf(e.getCause()), enforced);
    }
    return Optional.empty();
  }

  /** Without its folder the agent cannot know that it is alone: it touches nothing. */
  private void unusable(String what, String why, Optional<Wanted> enforced) {
    var sentence = what + ", so that nothing is changed or healed: " + why;
    if (!sentence.equals(complaint)) {
      LOG.log(System.Logger.Level.ERROR, "{0}", sentence);
    }
    complaint = sentence;
    telemetry.health().unverified(sentence);
    account.tell(NodePhase.FAILED, "", sentence, enforced);
  }
}
