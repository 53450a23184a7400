package io.hostfirewall.ruleset.importing;

import io.hostfirewall.ruleset.check.Spelling;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Ports by the names that people write in rules: those of the IANA's registry of service names, and
 * the old ones of Debian's /etc/services. Never looked up on the machine at hand, which may have
 * others.
 */
final class ServiceNames {

  private static final String NAMES =
      """
      echo 7 discard 9 daytime 13 chargen 19 ftp-data 20 ftp 21 ssh 22 telnet 23 smtp 25 mail 25
      time 37 whois 43 tacacs 49 domain 53 bootps 67 bootpc 68 tftp 69 gopher 70 finger 79 http 80
      www 80 kerberos 88 pop3 110 pop-3 110 sunrpc 111 portmapper 111 rpcbind 111 auth 113 ident 113
      nntp 119 ntp 123 epmap 135 netbios-ns 137 netbios-dgm 138 netbios-ssn 139 imap2 143 imap 143
      snmp 161 snmp-trap 162 snmptrap 162 bgp 179 irc 194 ldap 389 svrloc 427 https 443
      microsoft-ds 445 kpasswd 464 submissions 465 smtps 465 urd 465 ssmtp 465 isakmp 500 biff 512
      login 513 who 513 shell 514 syslog 514 printer 515 route 520 router 520 ripng 521 klogin 543
      kshell 544 dhcpv6-client 546 dhcpv6-server 547 afpovertcp 548 rtsp 554 nntps 563 submission 587
      ipp 631 ldaps 636 ldp 646 kerberos-adm 749 domain-s 853 rsync 873 ftps-data 989 ftps 990
      telnets 992 imaps 993 pop3s 995 socks 1080 openvpn 1194 rmiregistry 1099 ms-sql-s 1433
      ms-sql-m 1434 ingreslock 1524 datametrics 1645 l2f 1701 l2tp 1701 radius 1812
      radius-acct 1813 cisco-sccp 2000 nfs 2049 gnunet 2086 gsigatekeeper 2119 zookeeper 2181
      iprop 2121 cvspserver 2401 etcd-client 2379 etcd-server 2380 venus 2430 mon 2583 gsiftp 2811
      gds-db 3050 squid 3128 icpv2 3130 iscsi-target 3260 mysql 3306 ms-wbt-server 3389 nut 3493
      stun 3478 distcc 3632 daap 3689 svn 3690 epmd 4369 remctl 4373 ipsec-nat-t 4500 vxlan 4789
      iax 4569 sip 5060 sip-tls 5061 xmpp-client 5222 xmpp-server 5269 mdns 5353 noip-updates 8245
      postgresql 5432 amqps 5671 amqp 5672 vnc 5900 rfb 5900 x11 6000 redis 6379 sane-port 6566
      ircd 6667 ircs-u 6697 http-alt 8080 webcache 8080 git 9418 bacula-dir 9101 bacula-fd 9102
      bacula-sd 9103 zabbix-agent 10050 zabbix-trapper 10051 amanda 10080 memcached 11211
      mongodb 27017 kubelet 10250
      """;

  private static final Map<String, Integer> PORTS = new HashMap<>();
  private static final Map<Integer, String> BY_PORT = new HashMap<>();

  static {
    var words = NAMES.strip().split("\\s+", -1);
    for (var i = 0; i < words.length; i += 2) {
      var port = Integer.valueOf(words[i + 1]);
      PORTS.put(words[i], port);
      BY_PORT.putIfAbsent(port, words[i]);
    }
    BY_PORT.put(53, "dns");
    BY_PORT.put(853, "dns-over-tls");
    BY_PORT.put(111, "rpcbind");
    BY_PORT.put(3389, "rdp");
  }

  private ServiceNames() {}

  static Optional<Integer> port(String name) {
    return Optional.ofNullable(PORTS.get(name));
  }

  /** What people call a port. */
  static Optional<String> name(int port) {
    return Optional.ofNullable(BY_PORT.get(port));
  }

  static String hint(String name) {
    return Spelling.hint(name, PORTS.keySet());
  }
}
