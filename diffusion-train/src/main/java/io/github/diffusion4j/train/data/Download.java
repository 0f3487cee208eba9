package io.github.diffusion4j.train.data;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches files whose digest is known from the first mirror that has them. */
final class Download {

  private static final Logger LOG = LoggerFactory.getLogger(Download.class);

  private final List<URI> mirrors;
  private final Duration connectTimeout;
  private final Duration fileTimeout;
  private final String remedy;

  /**
   * @param mirrors folders, each ending in a slash, tried in this order
   * @param connectTimeout the longest wait for a connection
   * @param fileTimeout the longest time a file may take
   * @param remedy the end of the message of a failure: what the user can do
   */
  Download(List<URI> mirrors, Duration connectTimeout, Duration fileTimeout, String remedy) {
    this.mirrors = List.copyOf(mirrors);
    this.connectTimeout = connectTimeout;
    this.fileTimeout = fileTimeout;
    this.remedy = remedy;
  }

  /** Makes sure that the folder has the file of this name and SHA-256. */
  void fetch(String name, String sha256, Path folder) {
    Path target = folder.resolve(name);
    try {
      if (Files.exists(target)) {
        String found = Sha256.of(Files.readAllBytes(target));
        if (found.equals(sha256)) {
          return;
        }
        LOG.warn("{}: expected SHA-256 {}, found {}; fetching it again", target, sha256, found);
      }
      Files.createDirectories(folder);
      fromMirrors(name, sha256, target);
    } catch (IOException e) {
      throw new DiffusionException(target + ": cannot be written: " + e + remedy, e);
    }
  }

  private void fromMirrors(String name, String sha256, Path target) throws IOException {
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(connectTimeout)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    List<String> failures = new ArrayList<>();
    for (URI mirror : mirrors) {
      URI uri = mirror.resolve(name);
      String failure = attempt(client, uri, sha256, target);
      if (failure.isEmpty()) {
        LOG.info("fetched {} into {}", uri, target);
        return;
      }
      LOG.warn("{}: {}", uri, failure);
      failures.add(uri + ": " + failure);
    }
    throw new DiffusionException(
        target
            + ": expected a file of SHA-256 "
            + sha256
            + ", found none on "
            + mirrors.size()
            + " mirrors ("
            + String.join("; ", failures)
            + ")"
            + remedy);
  }

  /**
   * Why the mirror did not give the file, empty if it did. Each has a temporary file of its own: a
   * cancelled answer may still write to it.
   */
  private String attempt(HttpClient client, URI uri, String sha256, Path target)
      throws IOException {
    Path temporary = target.resolveSibling("." + UUID.randomUUID());
    try {
      String failure = download(client, uri, sha256, temporary);
      if (failure.isEmpty()) {
        Files.move(
            temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      }
      return failure;
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private String download(HttpClient client, URI uri, String sha256, Path temporary)
      throws IOException {
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(fileTimeout).build();
    CompletableFuture<HttpResponse<Path>> answer =
        client.sendAsync(
            request, HttpResponse.BodyHandlers.ofFile(temporary, CREATE, WRITE, TRUNCATE_EXISTING));
    HttpResponse<Path> response;
    try {
      // The request's own time-out ends with the headers; this one holds for the whole file.
      response = answer.get(fileTimeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      return "no whole file within " + fileTimeout.toMillis() / 1e3 + " s";
    } catch (ExecutionException e) {
      return String.valueOf(e.getCause());
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new DiffusionException(uri + ": the download was interrupted", e);
    }
    if (response.statusCode() != 200) {
      return "expected HTTP status 200, found " + response.statusCode();
    }
    String found = Sha256.of(Files.readAllBytes(temporary));
    return found.equals(sha256) ? "" : "expected SHA-256 " + sha256 + ", found " + found;
  }
}
