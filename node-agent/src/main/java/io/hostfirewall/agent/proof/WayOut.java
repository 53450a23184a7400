package io.hostfirewall.agent.proof;

import io.hostfirewall.agent.transaction.Objection;
import io.hostfirewall.agent.transaction.Outcome;
import io.hostfirewall.agent.transaction.Proof;
import io.hostfirewall.agent.transaction.Wanted;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/**
 * A new TCP connection to a place that this host must reach.
 *
 * @param patience how long the place may take to answer
 */
public record WayOut(String host, int port, Duration patience) implements Proof {

  /** A SYN that got lost is sent again after one second (RFC 6298, 2), and again after two more. */
  public static final Duration USUAL_PATIENCE = Duration.ofSeconds(5);

  /**
   * Reads {@code tcp:HOST:PORT}.
   *
   * @throws IllegalArgumentException with one sentence that says what to write
   */
  public static WayOut parse(String text) {
    var colon = text.lastIndexOf(':');
    var port = text.substring(colon + 1);
    if (!text.startsWith("tcp:") || colon < 5 || !port.matches("\\d{1,5}")) {
      throw new IllegalArgumentException(
          "\"%s\" is no probe. Write one like tcp:192.0.2.1:443 or tcp:[2001:db8::1]:443."
              .formatted(text));
    }
    var host = text.substring(4, colon).replaceAll("^\\[|]$", "");
    return new WayOut(host, Integer.parseInt(port), USUAL_PATIENCE);
  }

  /** A new connection to the server of a URL. */
  public static WayOut to(URI server) {
    var secure = "https".equals(server.getScheme());
    var port = server.getPort() >= 0 ? server.getPort() : secure ? 443 : 80;
    return new WayOut(server.getHost().replaceAll("^\\[|]$", ""), port, USUAL_PATIENCE);
  }

  @Override
  public Optional<Objection> objection(Wanted wanted) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), (int) patience.toMillis());
      return Optional.empty();
    } catch (UnknownHostException e) {
      return Optional.of(failed("no name server knows this name"));
    } catch (IOException e) {
      return Optional.of(failed(String.valueOf(e.getMessage())));
    }
  }

  private Objection failed(String why) {
    return new Objection(
        Outcome.Why.PROBE_FAILED, "no new connection to %s port %d: %s".formatted(host, port, why));
  }
}
