package io.hostfirewall.agent.policyfile;

import io.hostfirewall.ruleset.model.Cidr;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.nodes.Node;

/** Reads the cluster of expectations. */
final class ClusterReader {

  private static final String FIELD = "cluster";

  record Cluster(
      @Nullable List<Member> nodes,
      @Nullable List<String> podCIDRs,
      @Nullable List<String> apiServers,
      @Nullable List<String> podInterfaces,
      @Nullable Boolean routedPods,
      @Nullable List<NamedNetworks> addressSets) {}

  record Member(
      @Nullable String name,
      @Nullable List<String> addresses,
      @Nullable Map<String, String> labels,
      @Nullable List<String> podCIDRs,
      @Nullable Integer apiServerPort,
      @Nullable Integer kubeletPort) {}

  record NamedNetworks(@Nullable String name, @Nullable List<String> networks) {}

  private final Document document;

  ClusterReader(Document document) {
    this.document = document;
  }

  /** The cluster; empty if it has problems, which the document has then. */
  Optional<SupposedCluster> read(RecordReader reader, Node node) {
    var before = document.problems().size();
    if (!(reader.read(Cluster.class, node, FIELD) instanceof Cluster cluster)
        || document.problems().size() > before) {
      return Optional.empty();
    }
    var read =
        new SupposedCluster(
            nodes(orNone(cluster.nodes())),
            networks(FIELD + ".podCIDRs", cluster.podCIDRs()),
            networks(FIELD + ".apiServers", cluster.apiServers()),
            orNone(cluster.podInterfaces()),
            Boolean.TRUE.equals(cluster.routedPods()),
            addressSets(orNone(cluster.addressSets())));
    return document.problems().size() > before ? Optional.empty() : Optional.of(read);
  }

  private List<SupposedNode> nodes(List<Member> members) {
    var nodes = new ArrayList<SupposedNode>();
    var names = new HashSet<String>();
    if (members.isEmpty()) {
      document.problem(FIELD + ".nodes", "is required. Write at least one node with its name.");
    }
    for (var i = 0; i < members.size(); i++) {
      var member = members.get(i);
      var field = FIELD + ".nodes[" + i + "]";
      var name = named(field, member.name());
      if (!names.add(name)) {
        document.problem(field + ".name", "is the name of two nodes. Rename one.");
      }
      nodes.add(
          new SupposedNode(
              name,
              networks(field + ".addresses", member.addresses()),
              member.labels() == null ? Map.of() : member.labels(),
              networks(field + ".podCIDRs", member.podCIDRs()),
              port(field + ".apiServerPort", member.apiServerPort()),
              port(field + ".kubeletPort", member.kubeletPort())));
    }
    return nodes;
  }

  private Map<String, List<Cidr>> addressSets(List<NamedNetworks> written) {
    var sets = new HashMap<String, List<Cidr>>();
    for (var i = 0; i < written.size(); i++) {
      var field = FIELD + ".addressSets[" + i + "]";
      var name = named(field, written.get(i).name());
      if (sets.put(name, networks(field + ".networks", written.get(i).networks())) != null) {
        document.problem(field + ".name", "is the name of two address sets. Make them one.");
      }
    }
    return sets;
  }

  private String named(String field, @Nullable String name) {
    if (name == null) {
      document.problem(field + ".name", "is required.");
    }
    return name == null ? "" : name;
  }

  private @Nullable Integer port(String field, @Nullable Integer port) {
    if (port != null && (port < 1 || port > 65535)) {
      document.problem(field, "must be from 1 to 65535, not %d.".formatted(port));
      return null;
    }
    return port;
  }

  private List<Cidr> networks(String field, @Nullable List<String> texts) {
    var networks = new ArrayList<Cidr>();
    var written = orNone(texts);
    for (var i = 0; i < written.size(); i++) {
      try {
        networks.add(Cidr.parse(written.get(i)));
      } catch (IllegalArgumentException e) {
        document.problem(field + "[" + i + "]", String.valueOf(e.getMessage()));
      }
    }
    return networks;
  }

  private static <T> List<T> orNone(@Nullable List<T> list) {
    return list == null ? List.of() : list;
  }
}
