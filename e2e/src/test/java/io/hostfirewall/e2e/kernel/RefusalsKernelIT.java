package io.hostfirewall.e2e.kernel;

import static io.hostfirewall.e2e.kernel.AnswersAssert.assertThat;
import static io.hostfirewall.e2e.kernel.Policies.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.hostfirewall.agent.kernel.Backend;
import io.hostfirewall.agent.kernel.Commands;
import io.hostfirewall.agent.kernel.KernelException;
import io.hostfirewall.agent.kernel.Unsupported;
import io.hostfirewall.agent.kernel.Xtables;
import io.hostfirewall.agent.kernel.XtablesCommands;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.ruleset.model.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the kernel refuses, and at whatever step, the rules in force are those from before. */
@OnEveryBackEnd
class RefusalsKernelIT extends KernelTest {

  /** More writes than a transaction makes. */
  private static final int MOST_WRITES = 40;

  private static final String BEFORE = opening("before", 8081);
  private static final String AFTER = opening("after", 8082);

  private static String opening(String name, int port) {
    return policy(
        name,
        "ingress: [{name: open, action: Accept, from: [{networks: [203.0.113.0/24, \"2001:db8:a::/48\"]}], ports: [{protocol: TCP, port: %d}]}]"
            .formatted(port));
  }

  @BeforeEach
  void serve() {
    host.listen(8081, 8082);
  }

  /**
   * Applies the second policy again and again, each time with a later write refused, until all are
   * done.
   */
  private void applyWithEveryWriteRefused(Refusal.Place place, Runnable stillInForce) {
    var before = host.rulesAtRest();
    var refusal = new Refusal(place);
    for (int write = 1; write <= MOST_WRITES; write++) {
      refusal.after(write);
      var outcome = host.firewall().apply(refusal::iptables, refusal::ipset, AFTER);
      if (outcome instanceof Outcome.Applied) {
        assertThat(write).as("writes that can be refused").isGreaterThan(4);
        return;
      }
      assertThat(outcome)
          .as("write %d", write)
          .isInstanceOfAny(Outcome.Refused.class, Outcome.RolledBack.class);
      assertThat(host.rulesAtRest()).as("after write %d", write).isEqualTo(before);
      stillInForce.run();
    }
    throw new AssertionError("never applied");
  }

  private void oldRulesDecide() {
    assertThat(attacker.connect(1, 8081)).accepted(1);
    assertThat(attacker.connect(1, 8082)).vanished();
  }

  private void newRulesDecide() {
    assertThat(attacker.connect(1, 8081)).vanished();
    assertThat(attacker.connect(1, 8082)).accepted(1);
  }

  @ParameterizedTest
  @EnumSource
  void a_refused_write_leaves_the_rules_that_were_in_force(Refusal.Place place) {
    host.apply(BEFORE);

    applyWithEveryWriteRefused(place, this::oldRulesDecide);
    newRulesDecide();
  }

  @Test
  void an_iptables_without_extensions_is_recognised_and_changes_nothing() {
    host.apply(BEFORE);
    var words = new ArrayList<>(topology.host().prefix());
    words.addAll(List.of("env", "XTABLES_LIBDIR=/nonexistent"));

    var outcome =
        host.firewall()
            .apply(
                real -> restoring(real, new XtablesCommands(real.backend(), new Commands(words))),
                UnaryOperator.identity(),
                AFTER);

    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    assertThat(Unsupported.in(((Outcome.Refused) outcome).reason()))
        .hasValueSatisfying(sentence -> assertThat(sentence).contains("its iptables has no "));
    oldRulesDecide();
    assertThat(host.firewall().apply(AFTER)).isInstanceOf(Outcome.Applied.class);
  }

  /** Reads as one does and writes as the other. */
  private static Xtables restoring(Xtables reader, Xtables writer) {
    return new Xtables() {
      @Override
      public Backend backend() {
        return reader.backend();
      }

      @Override
      public String save(Family family) throws KernelException {
        return reader.save(family);
      }

      @Override
      public void restore(Family family, String text) throws KernelException {
        writer.restore(family, text);
      }
    };
  }

  @ParameterizedTest
  @EnumSource
  void a_refused_first_write_leaves_a_host_without_rules(Refusal.Place place) {
    assertThat(host.rulesAtRest()).doesNotContain("HFW-");

    applyWithEveryWriteRefused(
        place,
        () -> {
          assertThat(attacker.connect(1, 8081)).accepted(1);
          assertThat(attacker.connect(1, 8082)).accepted(1);
        });
    newRulesDecide();
  }
}
