package io.hostfirewall.ruleset.foreign;

import io.hostfirewall.ruleset.check.Spelling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The options of iptables(8) and of its extensions (iptables-extensions(8)), each with how many
 * values it takes.
 */
final class Vocabulary {

  /** What every rule may have without loading anything. */
  static final String GENERAL = "general";

  /** An option by its long name. */
  record Meaning(String name, int values) {}

  /**
   * Extension, then options with the number of their values behind the long name; other names of
   * the same option behind a slash.
   */
  private static final String OPTIONS =
      """
      general: --protocol 1/-p/--proto --source 1/-s/--src --destination 1/-d/--dst
      general: --in-interface 1/-i --out-interface 1/-o --fragment 0/-f --ipv4 0/-4 --ipv6 0/-6
      general: --match 1/-m --jump 1/-j --goto 1/-g --set-counters 1/-c
      tcp udp sctp dccp udplite: --sport 1/--source-port --dport 1/--destination-port
      tcp: --tcp-flags 2 --syn 0 --tcp-option 1
      sctp: --chunk-types 2
      dccp: --dccp-types 1 --dccp-option 1
      icmp: --icmp-type 1
      icmp6 icmpv6: --icmpv6-type 1/--icmp6-type
      multiport: --sports 1/--source-ports --dports 1/--destination-ports --ports 1
      state: --state 1
      conntrack: --ctstate 1 --ctproto 1 --ctorigsrc 1 --ctorigdst 1 --ctreplsrc 1 --ctrepldst 1
      conntrack: --ctorigsrcport 1 --ctorigdstport 1 --ctreplsrcport 1 --ctrepldstport 1
      conntrack: --ctstatus 1 --ctexpire 1 --ctdir 1
      comment: --comment 1
      limit: --limit 1 --limit-burst 1
      hashlimit: --hashlimit-upto 1/--hashlimit --hashlimit-above 1 --hashlimit-burst 1
      hashlimit: --hashlimit-mode 1 --hashlimit-name 1 --hashlimit-srcmask 1 --hashlimit-dstmask 1
      hashlimit: --hashlimit-htable-size 1 --hashlimit-htable-max 1 --hashlimit-htable-expire 1
      hashlimit: --hashlimit-htable-gcinterval 1 --hashlimit-rate-match 0
      hashlimit: --hashlimit-rate-interval 1
      connlimit: --connlimit-above 1 --connlimit-upto 1 --connlimit-mask 1 --connlimit-saddr 0
      connlimit: --connlimit-daddr 0
      recent: --set 0 --rcheck 0 --update 0 --remove 0 --seconds 1 --reap 0 --hitcount 1 --rttl 0
      recent: --name 1 --rsource 0 --rdest 0 --mask 1
      set: --match-set 2/--set --return-nomatch 0 --update-counters 0 --update-subcounters 0
      set: --packets-eq 1 --packets-lt 1 --packets-gt 1 --bytes-eq 1 --bytes-lt 1 --bytes-gt 1
      iprange: --src-range 1 --dst-range 1
      addrtype: --src-type 1 --dst-type 1 --limit-iface-in 0 --limit-iface-out 0
      mac: --mac-source 1
      mark connmark: --mark 1
      owner: --uid-owner 1 --gid-owner 1 --socket-exists 0 --suppl-groups 0 --pid-owner 1
      owner: --sid-owner 1 --cmd-owner 1
      physdev: --physdev-in 1 --physdev-out 1 --physdev-is-in 0 --physdev-is-out 0
      physdev: --physdev-is-bridged 0
      pkttype: --pkt-type 1
      policy: --dir 1 --pol 1 --strict 0 --reqid 1 --spi 1 --proto 1 --mode 1 --tunnel-src 1
      policy: --tunnel-dst 1 --next 0
      rpfilter: --loose 0 --validmark 0 --accept-local 0 --invert 0
      tcpmss: --mss 1
      length: --length 1
      ttl: --ttl-eq 1 --ttl-lt 1 --ttl-gt 1
      hl: --hl-eq 1 --hl-lt 1 --hl-gt 1
      tos dscp: --tos 1 --dscp 1 --dscp-class 1
      statistic: --mode 1 --probability 1 --every 1 --packet 1
      string: --string 1 --hex-string 1 --algo 1 --from 1 --to 1 --icase 0
      time: --timestart 1 --timestop 1 --datestart 1 --datestop 1 --weekdays 1 --monthdays 1
      time: --kerneltz 0 --utc 0 --localtz 0 --contiguous 0
      ah: --ahspi 1 --ahlen 1 --ahres 0
      esp: --espspi 1
      frag: --fragid 1 --fragfirst 0 --fragmore 0 --fraglast 0 --fragres 0
      rt: --rt-type 1 --rt-segsleft 1
      ipv6header: --header 1 --soft 0
      helper: --helper 1
      cgroup: --path 1 --cgroup 1
      bpf: --bytecode 1 --object-pinned 1
      u32: --u32 1
      quota: --quota 1
      socket: --transparent 0 --nowildcard 0 --restore-skmark 0
      realm: --realm 1
      dst hbh: --dst-len 1 --dst-opts 1 --hbh-len 1 --hbh-opts 1
      LOG: --log-prefix 1 --log-level 1 --log-tcp-sequence 0 --log-tcp-options 0
      LOG: --log-ip-options 0 --log-uid 0 --log-macdecode 0
      NFLOG: --nflog-group 1 --nflog-prefix 1 --nflog-range 1 --nflog-size 1 --nflog-threshold 1
      REJECT: --reject-with 1
      MARK CONNMARK: --set-mark 1 --set-xmark 1 --and-mark 1 --or-mark 1 --xor-mark 1
      CONNMARK: --save-mark 0 --restore-mark 0 --mask 1 --nfmask 1 --ctmask 1
      DNAT: --to-destination 1/--to --random 0 --persistent 0
      SNAT: --to-source 1 --random 0 --random-fully 0 --persistent 0
      REDIRECT MASQUERADE: --to-ports 1 --random 0
      MASQUERADE: --random-fully 0
      CT: --notrack 0 --helper 1 --ctevents 1 --zone 1 --timeout 1
      SET: --add-set 2 --del-set 2 --map-set 2 --exist 0 --timeout 1
      TCPMSS: --set-mss 1 --clamp-mss-to-pmtu 0
      CHECKSUM: --checksum-fill 0
      SYNPROXY: --sack-perm 0 --wscale 1 --timestamp 0 --ecn 0 --mss 1
      NFQUEUE: --queue-num 1 --queue-balance 1 --queue-bypass 0 --queue-cpu-fanout 0
      TPROXY: --on-port 1 --on-ip 1 --tproxy-mark 1
      TTL: --ttl-set 1 --ttl-dec 1 --ttl-inc 1
      HL: --hl-set 1 --hl-dec 1 --hl-inc 1
      TOS DSCP: --set-tos 1 --set-dscp 1 --set-dscp-class 1
      TEE: --gateway 1
      connbytes: --connbytes 1 --connbytes-dir 1 --connbytes-mode 1
      connlabel: --label 1 --set 0
      devgroup: --src-group 1 --dst-group 1
      ecn: --ecn-tcp-cwr 0 --ecn-tcp-ece 0 --ecn-ip-ect 1
      geoip: --source-country 1/--src-cc --destination-country 1/--dst-cc
      nfacct: --nfacct-name 1
      AUDIT: --type 1
      CLASSIFY: --set-class 1
      TCPOPTSTRIP: --strip-options 1
      ULOG: --ulog-nlgroup 1 --ulog-prefix 1 --ulog-cprange 1 --ulog-qthreshold 1
      TRACE NOTRACK ACCEPT DROP RETURN:
      """;

  private static final Map<String, Meaning> BY_NAME = new LinkedHashMap<>();
  private static final Map<String, Map<String, Meaning>> BY_EXTENSION = new LinkedHashMap<>();

  static {
    OPTIONS.lines().forEach(Vocabulary::learn);
  }

  private Vocabulary() {}

  private static void learn(String line) {
    var colon = line.indexOf(':');
    var words = line.substring(colon + 1).strip().split("\\s+", -1);
    var options = new LinkedHashMap<String, Meaning>();
    for (var i = 0; i + 1 < words.length; i += 2) {
      var names = words[i + 1].split("/", -1);
      var meaning = new Meaning(words[i], Integer.parseInt(names[0]));
      options.put(words[i], meaning);
      for (var n = 1; n < names.length; n++) {
        options.put(names[n], meaning);
      }
    }
    options.forEach(BY_NAME::putIfAbsent);
    for (var extension : line.substring(0, colon).split(" ", -1)) {
      BY_EXTENSION.computeIfAbsent(extension, name -> new LinkedHashMap<>()).putAll(options);
    }
  }

  /**
   * What an option means. A long one may be cut short, as getopt_long(3) allows, as long as it
   * means one thing only.
   */
  static Optional<Meaning> of(String option) {
    return in(BY_NAME, option);
  }

  /** What it means where this match or target is loaded, and nothing else. */
  static Optional<Meaning> of(String option, String extension) {
    return in(BY_EXTENSION.getOrDefault(extension, Map.of()), option);
  }

  static Optional<Meaning> exactly(String option, String extension) {
    return Optional.ofNullable(BY_EXTENSION.getOrDefault(extension, Map.of()).get(option));
  }

  private static Optional<Meaning> in(Map<String, Meaning> names, String option) {
    var exact = names.get(option);
    if (exact != null || !option.startsWith("--") || option.length() < 4) {
      return Optional.ofNullable(exact);
    }
    var meant =
        names.entrySet().stream()
            .filter(entry -> entry.getKey().startsWith(option))
            .map(Map.Entry::getValue)
            .distinct()
            .toList();
    return meant.size() == 1 ? Optional.of(meant.getFirst()) : Optional.empty();
  }

  /** The matches and targets that have this option. */
  static List<String> extensionsWith(Meaning option) {
    return BY_EXTENSION.entrySet().stream()
        .filter(extension -> extension.getValue().containsValue(option))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Whether there is such a match or target. */
  static boolean isExtension(String name) {
    return BY_EXTENSION.containsKey(name) && !name.equals(GENERAL);
  }

  /** Whether an option is one of this match or target. */
  static boolean belongs(String option, String extension) {
    return BY_EXTENSION.getOrDefault(extension, Map.of()).containsKey(option);
  }

  static String extensionHint(String name) {
    return Spelling.hint(name, BY_EXTENSION.keySet());
  }

  static String optionHint(String option) {
    return Spelling.hint(option, BY_NAME.keySet());
  }

  static boolean isTarget(String name) {
    return BY_EXTENSION.containsKey(name) && name.chars().noneMatch(Character::isLowerCase);
  }
}
