package io.hostfirewall.agent.cluster;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * All objects at a path, as they are now: listed, then followed. Whatever goes wrong, what was seen
 * stays seen until the API server gives another whole list.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/api-concepts/">Kubernetes API
 *     concepts: efficient detection of changes</a>
 */
final class Watch<S, T> implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(Watch.class.getName());

  /** Objects in one answer of a list: an address set may be as long as 400 KB. */
  private static final int PAGE = 5;

  /** After so long the API server ends a watch, and another goes on where it ended. */
  private static final int WATCH_SECONDS = 300;

  /** The API server sends a bookmark once a minute. */
  private static final Duration LONGEST_SILENCE = Duration.ofSeconds(100);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  /**
   * How long a watch waits.
   *
   * @param first after a first failure
   * @param longest after many
   * @param silence for the next event or bookmark, until it takes the connection for dead
   */
  record Patience(Duration first, Duration longest, Duration silence) {
    static final Patience USUAL = new Patience(FIRST_PAUSE, LONGEST_PAUSE, LONGEST_SILENCE);
  }

  private final ApiServer server;
  private final JsonMapper json;
  private final String path;
  private final JavaType type;
  private final Consumer<Collection<ApiObject<S, T>>> changed;
  private final Patience patience;
  private final Thread thread;

  private final Map<String, ApiObject<S, T>> objects = new HashMap<>();
  private boolean closed;

  /**
   * @param path with a query, even if that is empty
   * @param changed told, with all objects, on a thread of the watch's whenever an object came,
   *     changed or went
   */
  Watch(
      ApiServer server,
      JsonMapper json,
      String path,
      Class<S> spec,
      Class<T> status,
      Patience patience,
      Consumer<Collection<ApiObject<S, T>>> changed) {
    this.server = server;
    this.json = json;
    this.path = path;
    this.type = json.getTypeFactory().constructParametricType(ApiObject.class, spec, status);
    this.patience = patience;
    this.changed = changed;
    this.thread = Thread.ofVirtual().name("watch " + path).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** From now on nobody is told anything, not even what comes in just now. */
  @Override
  public synchronized void close() {
    closed = true;
    thread.interrupt();
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private synchronized void tell() {
    if (!closed) {
      changed.accept(List.copyOf(objects.values()));
    }
  }

  private void run() {
    var pause = patience.first();
    try {
      while (!Thread.interrupted()) {
        try {
          var version = list();
          pause = patience.first();
          while (!Thread.interrupted()) {
            version = follow(version);
          }
        } catch (ApiException e) {
          if (!e.isTooOld()) {
            pause = pause(pause, e);
          }
        } catch (IOException | RuntimeException e) {
          pause = pause(pause, e);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A thousand agents that lost the same API server do not come back all at once. */
  private Duration pause(Duration pause, Exception problem) throws InterruptedException {
    if (isClosed() || Thread.interrupted()) {
      throw new InterruptedException();
    }
    server.failed();
    LOG.log(
        System.Logger.Level.WARNING,
        "the API server does not answer: {0}",
        ApiServer.said(problem));
    Thread.sleep(pause.multipliedBy(ThreadLocalRandom.current().nextInt(50, 150)).dividedBy(100));
    var next = pause.multipliedBy(2);
    return next.compareTo(patience.longest()) < 0 ? next : patience.longest();
  }

  /** Returns the version of the whole list, from which on it can be followed. */
  private String list() throws ApiException, IOException, InterruptedException {
    var listed = new HashMap<String, ApiObject<S, T>>();
    var more = "";
    JsonNode page;
    do {
      var query = "&limit=" + PAGE + (more.isEmpty() ? "" : "&continue=" + more);
      page = server.get(path + query);
      if (!(page.get("items") instanceof ArrayNode items)) {
        throw new IOException("it answers something else than a list");
      }
      for (var item : items) {
        var object = object(item);
        listed.put(object.metadata().name(), object);
      }
      more = page.path("metadata").path("continue").asText("");
    } while (!more.isEmpty());
    objects.clear();
    objects.putAll(listed);
    tell();
    return page.path("metadata").path("resourceVersion").asText();
  }

  /** Follows until the watch ends, and returns the last version seen. */
  private String follow(String from) throws ApiException, IOException, InterruptedException {
    var version = from;
    var query =
        "&watch=true&allowWatchBookmarks=true&timeoutSeconds=%d&resourceVersion=%s"
            .formatted(WATCH_SECONDS, from);
    try (var stream = server.open(path + query);
        var silence = new Silence(stream, patience.silence());
        var events = json.readerFor(JsonNode.class).<JsonNode>readValues(stream)) {
      while (events.hasNextValue()) {
        silence.broken();
        version = take(events.nextValue(), version);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return version;
  }

  private String take(JsonNode event, String version) throws ApiException, IOException {
    var subject = event.path("object");
    switch (event.path("type").asText()) {
      case "ADDED", "MODIFIED" -> {
        var object = object(subject);
        objects.put(object.metadata().name(), object);
      }
      case "DELETED" -> objects.remove(object(subject).metadata().name());
      case "BOOKMARK" -> {
        return subject.path("metadata").path("resourceVersion").asText(version);
      }
      case "ERROR" ->
          throw new ApiException(
              subject.path("code").asInt(), subject.path("message").asText("the watch failed"));
      default -> throw new IOException("it sends something else than events of a watch");
    }
    tell();
    return subject.path("metadata").path("resourceVersion").asText(version);
  }

  private ApiObject<S, T> object(JsonNode node) throws IOException {
    ApiObject<S, T> object = json.readerFor(type).readValue(node);
    if (object.metadata() == null || object.metadata().name() == null) {
      throw new IOException("it sends an object without a name");
    }
    return object;
  }
}
