package io.hostfirewall.agent.kernel;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Recognises, in what a program of the kernel's says, that this node can never do it: something is
 * not there that a policy needs. Trying again does not help, another node may have it.
 */
public final class Unsupported {

  private static final String UNTRACKING = "CT";

  /** Its option: an iptables without the target complains of that. */
  private static final String NO_TRACK = "notrack";

  private static final String UNTRACKED_SSH =
      "SSH of agent.adminNetworks beside a full table of connections";

  /** What policies and the cluster need an extension of iptables for. */
  private static final Map<String, String> USES =
      Map.ofEntries(
          Map.entry("hashlimit", "rateLimit"),
          Map.entry("connlimit", "connectionLimit"),
          Map.entry("LOG", "logging"),
          Map.entry("NFLOG", "logging with the target NFLOG"),
          Map.entry("rpfilter", "protections.reversePath"),
          Map.entry("ah", "protocols: [51]"),
          Map.entry("conntrack", "the state of connections"),
          Map.entry("addrtype", "protections.spoofedSource"),
          Map.entry("set", "networks and address sets"),
          Map.entry("tcp", "ports and protections.bogusTcpFlags"),
          Map.entry("multiport", "several ports"),
          Map.entry("physdev", "ingress beside bridges"),
          Map.entry("hl", "neighbour discovery"),
          Map.entry(UNTRACKING, UNTRACKED_SSH),
          Map.entry(NO_TRACK, UNTRACKED_SSH),
          Map.entry("REJECT", "action: Reject"));

  /** Words of iptables 1.8 (xtables.c, nft.c) and of ipset 7 (errcode.c, session.c). */
  private static final List<Sign> SIGNS =
      List.of(
          new Sign("Extension (\\S+) revision \\d+ not supported", "its kernel has no xt_%1$s"),
          new Sign("Couldn't load (?:match|target) [`'](\\w+)'", "its iptables has no %1$s"),
          new Sign("unknown option \"--(notrack)\"", "its iptables has no CT"),
          new Sign("unable to initialize table '(\\w+)'", "its kernel has no table %1$s"),
          new Sign("can't initialize ip6?tables table [`'](\\w+)'", "its kernel has no table %1$s"),
          new Sign("Could not fetch rule set generation id", "its kernel has no usable nf_tables"),
          new Sign("set type not supported", "its kernel lacks a type of ipset, %2$s"),
          new Sign("Cannot open session to kernel", "its kernel has no ipset"),
          new Sign("cannot run (\\S+): is it installed", "it has no program %1$s"));

  /** The modules of the types that we use (ip_set_hash_net.c, ip_set_hash_netiface.c). */
  private static final String TYPES = "ip_set_hash_net or ip_set_hash_netiface";

  /**
   * @param what of this node, with the word that was found as its first argument
   */
  private record Sign(Pattern pattern, String what) {
    private Sign(String pattern, String what) {
      this(Pattern.compile(pattern), what);
    }

    private Stream<String> in(String refusal) {
      return pattern.matcher(refusal).results().limit(1).map(found -> sentence(found, refusal));
    }

    private Stream<String> words(String refusal) {
      return pattern.matcher(refusal).results().limit(1).map(Sign::word);
    }

    private static String word(MatchResult found) {
      return found.groupCount() == 0 ? "" : found.group(1);
    }

    private String sentence(MatchResult found, String refusal) {
      var word = word(found);
      return "%s cannot be enforced on this node: %s (%s)"
          .formatted(USES.getOrDefault(word, "Policies"), what.formatted(word, TYPES), refusal);
    }
  }

  private Unsupported() {}

  /** Whether it is the target that keeps a connection from being tracked. */
  public static boolean isUntracking(String refusal) {
    return SIGNS.stream()
        .flatMap(sign -> sign.words(refusal))
        .findFirst()
        .filter(word -> word.equals(UNTRACKING) || word.equals(NO_TRACK))
        .isPresent();
  }

  /** One sentence on what cannot be enforced and why; empty if the refusal has other reasons. */
  public static Optional<String> in(String refusal) {
    return SIGNS.stream().flatMap(sign -> sign.in(refusal)).findFirst();
  }
}
