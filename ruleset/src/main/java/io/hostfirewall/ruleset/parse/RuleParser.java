package io.hostfirewall.ruleset.parse;

import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Verdict;
import io.hostfirewall.ruleset.render.RuleText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a rule as iptables-save prints it. What would not come out as it went in is kept word for
 * word, so that text to rule to text changes nothing but the name of a protocol, whoever wrote the
 * rule.
 */
public final class RuleParser {

  private static final Set<String> TOP_LEVEL =
      Set.of("-s", "-d", "-i", "-o", "-p", "-m", "-j", "-g", "-f");

  private static final Pattern PROTOCOL = Pattern.compile("((?:[^\"]* )?-p )(\\S+)(.*)");

  private RuleParser() {}

  /** The rule of the words that stand behind {@code -A CHAIN}. */
  public static Rule parse(String text) {
    var trimmed = text.strip();
    var rule = read(new Words(trimmed));
    if (RuleText.of(rule).strip().equals(withOurNameOfTheProtocol(trimmed))) {
      return rule;
    }
    return new Rule(List.of(new Match.Verbatim(trimmed)), new Verdict.Count(), new Origin.None());
  }

  /** Which name iptables prints depends on the host; it is the same protocol. */
  private static String withOurNameOfTheProtocol(String text) {
    var protocol = PROTOCOL.matcher(text);
    if (!protocol.matches()) {
      return text;
    }
    try {
      return protocol.group(1) + Protocol.parse(protocol.group(2)).text() + protocol.group(3);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private static Rule read(Words words) {
    var matches = new ArrayList<Match>();
    Verdict verdict = new Verdict.Count();
    Origin origin = new Origin.None();
    while (!words.isEmpty()) {
      var start = words.position();
      if (words.takes("-j")) {
        verdict = target(words, start);
      } else if (words.takes("-g")) {
        verdict = new Verdict.Goto(words.take());
      } else if (isComment(words)) {
        words.take();
        words.take();
        words.take();
        origin = Origin.parse(words.take());
      } else {
        matches.addAll(match(words));
      }
    }
    return new Rule(matches, verdict, origin);
  }

  private static boolean isComment(Words words) {
    var start = words.position();
    var comment = words.takes("-m") && words.takes("comment") && words.takes("--comment");
    words.back(start);
    return comment;
  }

  private static List<Match> match(Words words) {
    var start = words.position();
    var known = MatchParser.parse(words);
    if (!known.isEmpty() && atBoundary(words)) {
      return known;
    }
    words.back(start);
    skip(words);
    return List.of(new Match.Verbatim(words.since(start)));
  }

  private static boolean atBoundary(Words words) {
    var start = words.position();
    words.takes("!");
    var next = words.peek();
    words.back(start);
    return next == null || TOP_LEVEL.contains(next);
  }

  /** Goes past one option with all that belongs to it. */
  private static void skip(Words words) {
    words.takes("!");
    words.take();
    while (!words.isEmpty() && !atBoundary(words)) {
      words.take();
    }
  }

  private static Verdict target(Words words, int start) {
    var known =
        switch (words.take()) {
          case "DROP" -> new Verdict.Drop();
          case "ACCEPT" -> new Verdict.Accept();
          case "RETURN" -> new Verdict.Return();
          case "REJECT" -> words.takes("--reject-with") ? reject(words.take()) : null;
          case "LOG" -> words.takes("--log-prefix") ? new Verdict.Log(words.take()) : null;
          case "CT" -> words.takes("--notrack") ? new Verdict.Untrack() : null;
          case "NFLOG" -> words.takes("--nflog-prefix") ? netlinkLog(words) : null;
          case String chain -> new Verdict.Jump(chain);
        };
    if (known != null && words.isEmpty()) {
      return known;
    }
    while (!words.isEmpty()) {
      words.take();
    }
    return new Verdict.Verbatim(words.since(start));
  }

  private static @Nullable Verdict netlinkLog(Words words) {
    var prefix = words.take();
    if (!words.takes("--nflog-group")) {
      return new Verdict.NetlinkLog(prefix, 0);
    }
    var group = words.take();
    return group.matches("\\d{1,5}")
        ? new Verdict.NetlinkLog(prefix, Integer.parseInt(group))
        : null;
  }

  private static @Nullable Verdict reject(String text) {
    return Arrays.stream(Verdict.Answer.values())
        .filter(answer -> answer.text().equals(text))
        .findFirst()
        .map(Verdict.Reject::new)
        .orElse(null);
  }
}
