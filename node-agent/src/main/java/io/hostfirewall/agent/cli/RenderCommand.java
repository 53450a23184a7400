package io.hostfirewall.agent.cli;

import io.hostfirewall.agent.node.NodeObserver;
import io.hostfirewall.ruleset.compile.Compiler;
import io.hostfirewall.ruleset.compile.LiveSets;
import io.hostfirewall.ruleset.compile.NodeFacts;
import io.hostfirewall.ruleset.merge.PolicyMerge;
import io.hostfirewall.ruleset.merge.RevisionContent;
import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.IpSet;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.RuleSet;
import io.hostfirewall.ruleset.model.Table;
import io.hostfirewall.ruleset.render.Generation;
import io.hostfirewall.ruleset.render.RuleText;
import io.hostfirewall.ruleset.render.SetText;
import io.hostfirewall.ruleset.trial.Steps;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Prints what would be loaded. */
@Command(
    name = "render",
    description = "Prints what would be loaded, without loading it. Needs no rights.",
    mixinStandardHelpOptions = true)
final class RenderCommand implements Callable<Integer> {

  /** Forms of output. */
  enum Form {
    IPTABLES,
    IPSET,
    JSON;

    /** As it is written on a command line. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The families, as they are written on a command line. */
  static final class FamilyWords implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(Family.values()).map(RenderCommand::text).iterator();
    }
  }

  /** A family in the output of {@code -o json}. */
  record JsonFamily(
      String family, String revision, String hash, List<JsonTable> tables, List<JsonSet> sets) {}

  record JsonTable(String name, String generation, List<JsonChain> chains) {}

  record JsonChain(String name, List<JsonRule> rules) {}

  record JsonRule(String text, String origin) {}

  record JsonSet(String name, String type, List<String> entries) {}

  @Mixin private PolicyOptions policies = new PolicyOptions();
  @Mixin private LogOptions log = new LogOptions();

  @Option(
      names = "--family",
      paramLabel = "ipv4|ipv6",
      completionCandidates = FamilyWords.class,
      description = "ipv4 or ipv6; both without it.")
  private @Nullable Family family;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "iptables|ipset|json",
      defaultValue = "iptables",
      description = "iptables (the default), ipset or json.")
  private Form form = Form.IPTABLES;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    var read = policies.read();
    var revision = RevisionContent.name(RevisionContent.of(read));
    var policy = PolicyMerge.merge(read);
    var facts = NodeObserver.unseen(policies.uplinks(), log.target());
    var families = family == null ? List.of(Family.values()) : List.of(family);
    var rules = families.stream().map(f -> Compiler.compile(policy, facts, f)).toList();
    var out = spec.commandLine().getOut();
    if (form == Form.JSON) {
      out.println(
          OutputOptions.json(rules.stream().map(set -> json(set, facts, revision)).toList()));
      out.flush();
      return ExitCode.DONE;
    }
    for (var ruleSet : rules) {
      if (families.size() > 1) {
        out.println("# " + text(ruleSet.family()));
      }
      out.print(
          form == Form.IPSET
              ? sets(ruleSet, facts)
              : Steps.fresh(ruleSet.family(), ruleSet, revision));
    }
    out.flush();
    return ExitCode.DONE;
  }

  private static String sets(RuleSet rules, NodeFacts facts) {
    var text = new StringBuilder();
    all(rules, facts).forEach(set -> text.append(SetText.create(set)));
    return text.toString();
  }

  private static Stream<IpSet> all(RuleSet rules, NodeFacts facts) {
    return Stream.concat(
        LiveSets.of(facts, Map.of(), rules.family()).stream(), rules.sets().stream());
  }

  private static JsonFamily json(RuleSet rules, NodeFacts facts, String revision) {
    return new JsonFamily(
        text(rules.family()),
        revision,
        Generation.hash(rules),
        rules.tables().stream().map(RenderCommand::json).toList(),
        all(rules, facts)
            .map(set -> new JsonSet(set.name(), set.type().text(), set.entries()))
            .toList());
  }

  private static JsonTable json(Table table) {
    var generation = Generation.of(table);
    var chains = new ArrayList<JsonChain>();
    for (Chain chain : generation.table().chains()) {
      chains.add(
          new JsonChain(chain.name(), chain.rules().stream().map(RenderCommand::json).toList()));
    }
    return new JsonTable(table.name().text(), generation.id(), chains);
  }

  private static JsonRule json(Rule rule) {
    return new JsonRule(RuleText.of(rule).strip(), rule.origin().comment());
  }

  static String text(Family family) {
    return family == Family.IPV4 ? "ipv4" : "ipv6";
  }
}
