package io.github.diffusion4j.train.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {

  private static final byte[] CONTENT = "the whole content".getBytes(UTF_8);
  private static final String HASH = Sha256.of(CONTENT);

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch end = new CountDownLatch(1);
  @TempDir Path folder;
  private HttpServer server;

  @BeforeEach
  void startMirrors() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/good/", exchange -> answer(exchange, 200, CONTENT.length, CONTENT));
    server.createContext("/absent/", exchange -> answer(exchange, 404, 4, "none".getBytes(UTF_8)));
    server.createContext("/other/", exchange -> answer(exchange, 200, 5, "other".getBytes(UTF_8)));
    server.createContext("/long/", exchange -> answer(exchange, 404, 999, new byte[999]));
    server.createContext("/short/", exchange -> answer(exchange, 200, 1000, CONTENT));
    server.createContext("/silent/", this::neverAnswer);
    server.createContext("/stuck/", this::neverEnd);
    server.start();
  }

  @AfterEach
  void stopMirrors() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void firstGoodMirrorGivesTheFile() throws IOException {
    download("absent", "other", "long", "short", "good").fetch("file.gz", HASH, folder);
    assertThat(folder.resolve("file.gz")).hasBinaryContent(CONTENT);
    assertThat(names()).containsExactly("file.gz");
  }

  @Test
  void everyMirrorsFailureIsNamed() throws IOException {
    Download download = download("absent", "other", "short");
    assertThatThrownBy(() -> download.fetch("file.gz", HASH, folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(
            folder.resolve("file.gz").toString(),
            "expected a file of SHA-256 " + HASH + ", found none on 3 mirrors",
            "/absent/file.gz: expected HTTP status 200, found 404",
            "/other/file.gz: expected SHA-256 " + HASH + ", found d9298a10",
            "/short/file.gz: java.io.IOException: ",
            "; name a folder");
    assertThat(names()).isEmpty();
  }

  @Test
  void mirrorsThatStallAreLeft() throws IOException {
    Download download =
        new Download(
            Stream.of("silent", "stuck").map(this::mirror).toList(),
            Duration.ofSeconds(5),
            Duration.ofMillis(300),
            "");
    assertThatThrownBy(() -> download.fetch("file.gz", HASH, folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("/silent/file.gz: ", "/stuck/file.gz: no whole file within 0.3 s");
    assertThat(names()).isEmpty();
  }

  @Test
  void hostsThatRefuseAreNamed() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    URI closed = URI.create("http://" + host() + ":" + port + "/");
    Download download =
        new Download(List.of(closed), Duration.ofSeconds(5), Duration.ofSeconds(5), "");
    assertThatThrownBy(() -> download.fetch("file.gz", HASH, folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(closed.toString(), "ConnectException");
  }

  @Test
  void presentFileIsNotFetchedAgain() throws IOException {
    Files.write(folder.resolve("file.gz"), CONTENT);
    download().fetch("file.gz", HASH, folder);
    assertThat(folder.resolve("file.gz")).hasBinaryContent(CONTENT);
  }

  @Test
  void damagedFileIsFetchedAgain() throws IOException {
    Files.write(folder.resolve("file.gz"), new byte[3]);
    download("good").fetch("file.gz", HASH, folder);
    assertThat(folder.resolve("file.gz")).hasBinaryContent(CONTENT);
  }

  @Test
  void folderThatCannotBeMadeIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    Download download = download("good");
    assertThatThrownBy(() -> download.fetch("file.gz", HASH, file.resolve("cache")))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(file.toString(), "cannot be written", "; name a folder");
  }

  private Download download(String... mirrors) {
    return new Download(
        Stream.of(mirrors).map(this::mirror).toList(),
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        "; name a folder");
  }

  private URI mirror(String name) {
    return URI.create("http://" + host() + ":" + server.getAddress().getPort() + "/" + name + "/");
  }

  private static String host() {
    return InetAddress.getLoopbackAddress().getHostAddress();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  /** Promises a number of bytes and closes the connection after those it has. */
  private static void answer(HttpExchange exchange, int status, int promised, byte[] content)
      throws IOException {
    exchange.sendResponseHeaders(status, promised);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(content);
    } finally {
      exchange.close();
    }
  }

  private void neverAnswer(HttpExchange exchange) {
    waitForEnd();
    exchange.close();
  }

  private void neverEnd(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 1000);
    exchange.getResponseBody().flush();
    waitForEnd();
    exchange.close();
  }

  private void waitForEnd() {
    try {
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
