package io.hostfirewall.agent.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * The API server over HTTP/1.1, each watch by a connection of its own, so that one that hangs takes
 * nothing along. A client library would be 2,600 more classes and 20 MB more memory on every node.
 */
final class ApiServer implements AutoCloseable {

  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(10);

  /** From the request to the last byte of the answer, other than a watch's. */
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(30);

  private static final int LONGEST_REFUSAL = 64 * 1024;

  private final Access access;
  private final JsonMapper json;
  private final Runnable failed;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile HttpClient client;

  ApiServer(Access access, JsonMapper json) {
    this(access, json, () -> {});
  }

  /**
   * @param failed called, on any thread, whenever an answer is missing, an error or nonsense
   */
  ApiServer(Access access, JsonMapper json, Runnable failed) {
    this.access = access;
    this.json = json;
    this.failed = failed;
    this.client = client();
  }

  private HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(access.tls())
        .connectTimeout(CONNECT_LIMIT)
        .executor(threads)
        .build();
  }

  URI uri() {
    return access.server();
  }

  /** Whoever asked says that there was no answer that he can use. */
  void failed() {
    failed.run();
  }

  /** Ends all connections; whatever is asked next makes new ones. */
  void reconnect() {
    var before = client;
    client = client();
    before.shutdownNow();
  }

  /** Reads what stands at a path. */
  JsonNode get(String path) throws ApiException, IOException, InterruptedException {
    return json.readTree(answer(request(path).GET().timeout(ANSWER_LIMIT).build()));
  }

  /**
   * Sends something, and returns what has become of it.
   *
   * @param type of the body, for a patch the kind of patch
   */
  JsonNode send(String method, String path, String type, Object body)
      throws ApiException, IOException, InterruptedException {
    return json.readTree(
        answer(
            request(path)
                .method(method, BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
                .header("Content-Type", type)
                .timeout(ANSWER_LIMIT)
                .build()));
  }

  /** Begins an answer that has no end but the server's or the reader's. */
  InputStream open(String path) throws ApiException, IOException, InterruptedException {
    var response =
        client.send(
            request(path).GET().timeout(ANSWER_LIMIT).build(), BodyHandlers.ofInputStream());
    if (response.statusCode() != 200) {
      try (var body = response.body()) {
        throw refusal(response.statusCode(), body.readNBytes(LONGEST_REFUSAL));
      }
    }
    return response.body();
  }

  private HttpRequest.Builder request(String path) {
    var request =
        HttpRequest.newBuilder(URI.create(access.server() + path))
            .header("Accept", "application/json")
            .header("User-Agent", "hostfirewall-agent");
    access.token().get().ifPresent(token -> request.header("Authorization", "Bearer " + token));
    return request;
  }

  /** The timeout of a request ends with the headers of its answer; the body may hang as well. */
  private byte[] answer(HttpRequest request)
      throws ApiException, IOException, InterruptedException {
    var sent = client.sendAsync(request, BodyHandlers.ofByteArray());
    HttpResponse<byte[]> response;
    try {
      response = sent.get(ANSWER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException failed ? failed : new IOException(e.getCause());
    } catch (TimeoutException e) {
      throw new IOException("no answer within " + ANSWER_LIMIT.toSeconds() + " s", e);
    } finally {
      sent.cancel(true);
    }
    if (response.statusCode() / 100 != 2) {
      throw refusal(response.statusCode(), response.body());
    }
    return response.body();
  }

  /** The API server explains itself by an object of the kind Status; a proxy may say anything. */
  private ApiException refusal(int code, byte[] body) {
    JsonNode status;
    try {
      status = json.readTree(body);
    } catch (IOException e) {
      status = json.missingNode();
    }
    return new ApiException(code, status.path("message").asText("it answers HTTP " + code));
  }

  /** The cause of a failure, in a few words. */
  static String said(Exception problem) {
    Throwable cause = problem;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return switch (cause) {
      case UnrecognizedPropertyException e ->
          "this version of hostfirewall does not know the field " + path(e) + ". Upgrade it";
      case JsonProcessingException e -> e.getOriginalMessage();
      case ApiException e -> String.valueOf(e.getMessage());
      default -> cause.getMessage() == null ? cause.toString() : cause.getMessage();
    };
  }

  private static String path(UnrecognizedPropertyException unknown) {
    return unknown.getPath().stream()
        .map(
            step ->
                step.getFieldName() == null
                    ? "[" + step.getIndex() + "]"
                    : "." + step.getFieldName())
        .collect(Collectors.joining())
        .substring(1);
  }

  @Override
  public void close() {
    client.shutdownNow();
    threads.shutdownNow();
  }
}
