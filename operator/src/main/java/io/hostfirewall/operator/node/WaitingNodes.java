package io.hostfirewall.operator.node;

import io.fabric8.kubernetes.api.model.Node;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.util.Collection;
import java.util.Set;

/** Lets nodes be looked at again that waited for another one. */
final class WaitingNodes extends AbstractEventSource<Node, Node> {

  WaitingNodes() {
    super(Node.class, "waiting-nodes");
  }

  @Override
  public Set<Node> getSecondaryResources(Node primary) {
    return Set.of();
  }

  void lookAgainAt(Collection<String> names) {
    names.forEach(name -> getEventHandler().handleEvent(new Event(new ResourceID(name))));
  }
}
