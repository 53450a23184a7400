package io.hostfirewall.operator.node;

import io.fabric8.kubernetes.api.model.Node;
import io.hostfirewall.operator.select.NodeView;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Views of all nodes; each is made once for a version of its Node, which thousands of asks need.
 */
final class NodeViews {

  private final Map<String, Seen> seen = new ConcurrentHashMap<>();

  private record Seen(String version, NodeView view) {}

  List<NodeView> of(Collection<Node> nodes) {
    var views = nodes.stream().map(this::of).toList();
    if (seen.size() > views.size()) {
      seen.keySet().retainAll(views.stream().map(NodeView::name).collect(Collectors.toSet()));
    }
    return views;
  }

  private NodeView of(Node node) {
    var version = node.getMetadata().getResourceVersion();
    return seen.compute(
            node.getMetadata().getName(),
            (name, last) ->
                last != null && last.version().equals(version)
                    ? last
                    : new Seen(version, NodeView.of(node)))
        .view();
  }
}
