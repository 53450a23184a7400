package io.hostfirewall.e2e.bench;

import io.hostfirewall.api.v1alpha1.RevisionPolicy;
import io.hostfirewall.ruleset.explain.Explanation;
import io.hostfirewall.ruleset.explain.Judges;
import io.hostfirewall.ruleset.explain.PolicyFields;
import io.hostfirewall.ruleset.merge.EffectivePolicy;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.packet.Here;
import io.hostfirewall.ruleset.packet.PacketParser;
import io.hostfirewall.ruleset.packet.Question;
import io.hostfirewall.ruleset.trial.Steps;
import io.hostfirewall.ruleset.walk.Sets;
import io.hostfirewall.ruleset.walk.Walk;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the engine takes for a thousand rules, of one family; {@link RulesBench} tells it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineBench {

  private static final int COPIES = 5;
  private static final String REVISION = "hfr-0123456789ab";

  private final List<RevisionPolicy> policies = ManyRules.policies(COPIES);
  private final EffectivePolicy policy = PolicyMerge.merge(policies);
  private final RuleSet rules = ManyRules.compile(policy);
  private final Sets sets = Sets.withFreshSources(rules.sets());
  private final Question question =
      PacketParser.parse("udp 203.0.113.7 > :" + ManyRules.CLOSED, Here.unseen("eth0"));
  private final Judges judges = Judges.of(rules, rules.sets());
  private final PolicyFields fields = new PolicyFields(policies);

  @Benchmark
  public RuleSet compile() {
    return ManyRules.compile(policy);
  }

  @Benchmark
  public String render() {
    return Steps.fresh(Family.IPV4, rules, REVISION);
  }

  @Benchmark
  public Walk walk() {
    return Walk.of(question.packet(), rules, sets);
  }

  @Benchmark
  public Explanation explain() {
    return Explanation.of(question, judges, fields);
  }
}
