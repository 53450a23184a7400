package io.hostfirewall.e2e.lab;

import java.net.InetAddress;

/** From where to where. */
public record Flow(
    InetAddress source, int sourcePort, InetAddress destination, int destinationPort) {

  /** The direction of the answers. */
  public Flow reversed() {
    return new Flow(destination, destinationPort, source, sourcePort);
  }
}
