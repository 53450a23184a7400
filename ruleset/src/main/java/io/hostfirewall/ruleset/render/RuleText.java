package io.hostfirewall.ruleset.render;

import io.hostfirewall.ruleset.model.Chain;
import io.hostfirewall.ruleset.model.Family;
import io.hostfirewall.ruleset.model.Match;
import io.hostfirewall.ruleset.model.Origin;
import io.hostfirewall.ruleset.model.PortRange;
import io.hostfirewall.ruleset.model.Protocol;
import io.hostfirewall.ruleset.model.Rate;
import io.hostfirewall.ruleset.model.Rule;
import io.hostfirewall.ruleset.model.Verdict;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A rule as iptables-save prints it. All text of iptables is made here, in the form in which the
 * kernel's comes back, so that what is read equals what was written (compared on iptables 1.8.9,
 * both back ends).
 */
public final class RuleText {

  private static final String TCP = "-m tcp ";

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+");

  private static final Pattern TO_ESCAPE = Pattern.compile("[\\\\\"']");

  private RuleText() {}

  /** The rules of a chain, a line each. */
  static String of(Chain chain) {
    var text = new StringBuilder();
    for (var rule : chain.rules()) {
      text.append("-A ").append(chain.name()).append(of(rule)).append('\n');
    }
    return text.toString();
  }

  /** The words of a rule behind its chain, with a blank before them. */
  public static String of(Rule rule) {
    var text = new StringBuilder();
    matches(rule.matches()).forEach(words -> append(text, words));
    append(text, comment(rule.origin()));
    append(text, of(rule.verdict()));
    return text.toString();
  }

  private static void append(StringBuilder text, String words) {
    if (!words.isEmpty()) {
      text.append(' ').append(words);
    }
  }

  /** Flags beside ports of TCP are options of the same match, as nf_tables has them. */
  private static List<String> matches(List<Match> matches) {
    var words = new ArrayList<String>();
    Match before = null;
    for (var match : matches) {
      var beside =
          match instanceof Match.TcpFlags
              && before instanceof Match.Ports(var protocol, _, _)
              && protocol.equals(Protocol.TCP);
      words.add(beside ? of(match).substring(TCP.length()) : of(match));
      before = match;
    }
    return words;
  }

  private static String of(Match match) {
    return switch (match) {
      case Match.Source(var network, var negated) -> not(negated) + "-s " + network;
      case Match.Destination(var network, var negated) -> not(negated) + "-d " + network;
      case Match.InInterface(var name, var negated) -> not(negated) + "-i " + name;
      case Match.OutInterface(var name, var negated) -> not(negated) + "-o " + name;
      case Match.IsProtocol(var protocol, var negated) -> not(negated) + "-p " + protocol.text();
      case Match.AuthenticationHeader() -> "-m ah";
      case Match.Ports ports -> ports(ports);
      case Match.MultiPort(var ranges) -> "-m multiport --dports " + list(ranges);
      case Match.TcpFlags(var mask, var set, var negated) ->
          TCP
              + not(negated)
              + "--tcp-flags "
              + list(mask)
              + " "
              + (set.isEmpty() ? "NONE" : list(set));
      case Match.IcmpType icmp -> icmp(icmp);
      case Match.HopLimit(var hops) -> "-m hl --hl-eq " + hops;
      case Match.InState(var states, var negated) ->
          "-m conntrack " + not(negated) + "--ctstate " + list(states);
      case Match.OriginalDestinationPort(var range) -> "-m conntrack --ctorigdstport " + range;
      case Match.OriginalDestination(var network) ->
          "-m conntrack --ctorigdst " + network.setEntry();
      case Match.InSet(var name, var key, var negated) ->
          "-m set " + not(negated) + "--match-set " + name + " " + key.text();
      case Match.DestinationType(var types, var negated) ->
          "-m addrtype " + not(negated) + "--dst-type " + list(types);
      case Match.ReversePathFails(var loose) ->
          "-m rpfilter " + (loose ? "--loose " : "") + "--invert";
      case Match.Bridged() -> "-m physdev --physdev-is-bridged";
      case Match.HashLimit limit -> limit(limit);
      case Match.ConnectionsAbove(var count, var prefix) ->
          "-m connlimit --connlimit-above %d --connlimit-mask %d --connlimit-saddr"
              .formatted(count, prefix);
      case Match.Verbatim(var text) -> text;
    };
  }

  private static String not(boolean negated) {
    return negated ? "! " : "";
  }

  private static String list(Collection<?> words) {
    return words.stream().map(Object::toString).collect(Collectors.joining(","));
  }

  private static String ports(Match.Ports ports) {
    return "-m "
        + ports.protocol().text()
        + option("--sport", ports.source())
        + option("--dport", ports.destination());
  }

  private static String option(String name, @Nullable PortRange value) {
    return value == null ? "" : " " + name + " " + value;
  }

  private static String icmp(Match.IcmpType icmp) {
    var type = icmp.code() == null ? icmp.type() : icmp.type() + "/" + icmp.code();
    return icmp.family() == Family.IPV4
        ? "-m icmp --icmp-type " + type
        : "-m icmp6 --icmpv6-type " + type;
  }

  /**
   * Order and omissions of {@code hashlimit_mt_save} in libxt_hashlimit.c: an expiry that is the
   * unit's default is not printed.
   */
  private static String limit(Match.HashLimit limit) {
    var expiry = limit.expiry().toMillis();
    return "-m hashlimit --hashlimit-upto "
        + limit.rate()
        + " --hashlimit-burst "
        + limit.burst()
        + " --hashlimit-mode srcip --hashlimit-name "
        + limit.name()
        + " --hashlimit-htable-size "
        + limit.buckets()
        + " --hashlimit-htable-max "
        + limit.maxSources()
        + (expiry == defaultExpiryMillis(limit.rate())
            ? ""
            : " --hashlimit-htable-expire " + expiry)
        + (limit.sourcePrefixLength() == limit.addressBits()
            ? ""
            : " --hashlimit-srcmask " + limit.sourcePrefixLength());
  }

  /**
   * What the kernel remembers a source for if nothing is said: one unit of the rate, in
   * milliseconds.
   */
  public static long defaultExpiryMillis(Rate rate) {
    return rate.unit().seconds() * 1000;
  }

  private static String comment(Origin origin) {
    var comment = origin.comment();
    return comment.isEmpty() ? "" : "-m comment --comment " + quoted(comment);
  }

  /**
   * As {@code xtables_save_string}: quotes unless there are characters and all of them are plain,
   * and a backslash before quotes and backslashes.
   */
  private static String quoted(String text) {
    return PLAIN.matcher(text).matches()
        ? text
        : '"' + TO_ESCAPE.matcher(text).replaceAll("\\\\$0") + '"';
  }

  private static String of(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Drop() -> "-j DROP";
      case Verdict.Reject(var answer) -> "-j REJECT --reject-with " + answer.text();
      case Verdict.Return() -> "-j RETURN";
      case Verdict.Accept() -> "-j ACCEPT";
      case Verdict.Jump(var chain) -> "-j " + chain;
      case Verdict.Goto(var chain) -> "-g " + chain;
      case Verdict.Count() -> "";
      case Verdict.Log(var prefix) -> "-j LOG --log-prefix " + quoted(prefix);
      case Verdict.NetlinkLog(var prefix, var group) ->
          "-j NFLOG --nflog-prefix "
              + quoted(prefix)
              + (group == 0 ? "" : " --nflog-group " + group);
      case Verdict.Untrack() -> "-j CT --notrack";
      case Verdict.Verbatim(var text) -> text;
    };
  }
}
