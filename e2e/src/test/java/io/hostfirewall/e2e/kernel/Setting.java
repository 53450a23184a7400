package io.hostfirewall.e2e.kernel;

import io.hostfirewall.e2e.lab.Family;
import java.util.Arrays;
import java.util.stream.Stream;

/** Where a claim is tried: by which iptables, with packets of which family. */
record Setting(BackEnd backEnd, Family family) {

  static Stream<Setting> all() {
    return Arrays.stream(BackEnd.values())
        .flatMap(
            backEnd -> Arrays.stream(Family.values()).map(family -> new Setting(backEnd, family)));
  }

  /** For claims about both families at once; what is sent in one family only is IPv4. */
  static Stream<Setting> everyBackEnd() {
    return Arrays.stream(BackEnd.values()).map(backEnd -> new Setting(backEnd, Family.IPV4));
  }

  /** For claims that take long: each back end and each family once. */
  static Stream<Setting> eachOnce() {
    return Stream.of(
        new Setting(BackEnd.NFT, Family.IPV6), new Setting(BackEnd.LEGACY, Family.IPV4));
  }

  @Override
  public String toString() {
    return backEnd.word() + ", " + family.pick("IPv4", "IPv6");
  }
}
