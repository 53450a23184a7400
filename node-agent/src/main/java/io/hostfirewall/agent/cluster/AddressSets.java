package io.hostfirewall.agent.cluster;

import io.hostfirewall.ruleset.model.Cidr;
import io.hostfirewall.ruleset.model.PackedNetworks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The address sets of a cluster, put together of the objects that hold them. */
final class AddressSets {

  private AddressSets() {}

  /**
   * Networks by the name of their set. A set that is gone keeps what it held, and so does one of
   * which an object holds something else than networks: who is trusted must not change by an
   * accident.
   */
  static Map<String, List<Cidr>> merge(
      Map<String, List<Cidr>> before, Collection<ApiObject<AddressSetContent, Void>> objects) {
    var parts = new TreeMap<String, List<List<Cidr>>>();
    var broken = new ArrayList<String>();
    for (var object : objects) {
      var spec = object.spec();
      var named = spec == null ? null : spec.set();
      var name = named == null ? object.metadata().name() : named;
      if (spec == null || spec.networks() == null) {
        broken.add(name);
      } else {
        parts.computeIfAbsent(name, key -> new ArrayList<>()).add(spec.networks());
      }
    }
    var sets = new TreeMap<String, List<Cidr>>();
    parts.forEach((name, networks) -> sets.put(name, PackedNetworks.union(networks)));
    before.forEach(sets::putIfAbsent);
    for (var name : broken) {
      sets.remove(name);
      if (before.containsKey(name)) {
        sets.put(name, before.get(name));
      }
    }
    return sets;
  }
}
