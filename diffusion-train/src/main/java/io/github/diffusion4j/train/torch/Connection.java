package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.DiffusionException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.SizeTPointer;
import org.bytedeco.javacpp.chrono.Milliseconds;
import org.bytedeco.pytorch.Backend;
import org.bytedeco.pytorch.Store;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch_gloo;

/**
 * A worker's connection to the others, by LibTorch's c10d: texts go through the store that worker 0
 * serves, tensors from worker to worker.
 */
@SuppressWarnings("try") // scopes work by being open
final class Connection {

  /**
   * Those that no group uses. LibTorch 2.10 damages its memory when a Java program frees a process
   * group, so one is kept for the next group at the same place, or until the process ends.
   */
  private static final Map<GroupSettings, Connection> IDLE = new ConcurrentHashMap<>();

  /** What comes after a text's name where a worker says that it has read those of all. */
  private static final String READ = "/read";

  private static final String LAST_ERROR = "\nLast error:";

  private GroupSettings settings;
  private final Store store;
  private final String prefix;
  private final Backends backends;
  private boolean isNccl;
  private int groups;

  private Connection(GroupSettings settings, Store store, String prefix) {
    this.settings = settings;
    this.store = store;
    this.prefix = prefix;
    this.backends = new Backends(store, prefix);
  }

  /** Meets the others. A thread of its own, because c10d waits for a stranger's answer forever. */
  static Connection open(GroupSettings settings) {
    Natives.load();
    Connection connection =
        Optional.ofNullable(IDLE.remove(settings.place()))
            .map(idle -> idle.with(settings))
            .orElseGet(() -> firstOpen(settings));
    connection.groups++;
    return connection;
  }

  /** This for a group that may wait for another time. */
  private Connection with(GroupSettings other) {
    settings = other;
    Milliseconds timeout = new Milliseconds(other.timeout().toMillis());
    store.setTimeout(timeout);
    backends.setTimeout(timeout);
    return this;
  }

  private static Connection firstOpen(GroupSettings settings) {
    CompletableFuture<Connection> connected = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                Connection connection = connect(settings);
                if (!connected.complete(connection)) {
                  connection.store.close(); // too late: its port is free again
                }
              } catch (RuntimeException | LinkageError e) {
                connected.completeExceptionally(e);
              }
            },
            "workers-connect");
    thread.setDaemon(true);
    thread.start();
    try {
      return connected.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      connected.cancel(false);
      throw unmet(
          settings, "not all are there after " + settings.timeout() + settings.unknownHost(), e);
    } catch (ExecutionException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw cause instanceof DiffusionException known
          ? known
          : unmet(settings, reason(cause), cause);
    } catch (InterruptedException e) {
      connected.cancel(false);
      Thread.currentThread().interrupt();
      throw unmet(settings, "interrupted", e);
    }
  }

  static DiffusionException unmet(GroupSettings settings, String why, Throwable cause) {
    return new DiffusionException(
        "worker %d must meet %d workers at MASTER_ADDR %s, MASTER_PORT %d, where worker 0 listens: %s"
            .formatted(settings.rank(), settings.size(), settings.address(), settings.port(), why),
        cause);
  }

  private static Connection connect(GroupSettings settings) {
    Loader.load(torch_gloo.class);
    try (PointerScope scope = new PointerScope()) {
      TCPStoreOptions options =
          new TCPStoreOptions()
              .port((short) settings.port())
              .isServer(settings.rank() == 0 && settings.attempt().isEmpty())
              .numWorkers(new SizeTPointer(1).put(0, settings.size()))
              .timeout(new Milliseconds(settings.timeout().toMillis()));
      Store store = new TCPStore(settings.address(), options);
      String prefix = settings.attempt().map(n -> "attempt/" + n).orElse("");
      if (store.add(prefix + "/rank/" + settings.rank(), 1) > 1) {
        throw new DiffusionException(
            "every worker must have a RANK of its own, found RANK "
                + settings.rank()
                + " twice at "
                + settings.address()
                + ":"
                + settings.port());
      }
      return new Connection(settings, store.retainReference(), prefix);
    }
  }

  /** Connects each worker with each. */
  void open(Compute compute) {
    isNccl =
        compute.isCuda()
            && Backends.haveNccl(
                exchange("NCCL", Backends.ncclDevice(settings, compute.cudaDevice())));
    backends.open(isNccl, settings);
  }

  /** What sends tensors from worker to worker. */
  Backend backend() {
    return backends.get(isNccl);
  }

  /** A tensor where {@link #backend()} takes it from: Gloo from the processor's memory. */
  Tensor place(Tensor values) {
    return isNccl ? values : values.cpu();
  }

  Duration timeout() {
    return settings.timeout();
  }

  /** Puts up a text and reads those of all workers. */
  List<String> exchange(String subject, String own) {
    List<String> all = putAndRead(subject, own);
    // Worker 0 serves the texts, so it does not go away before all have read them.
    put(subject + READ, "");
    if (settings.rank() == 0) {
      IntStream.range(0, settings.size()).forEach(rank -> get(subject + READ, rank));
    }
    return all;
  }

  private List<String> putAndRead(String subject, String own) {
    put(subject, settings.size() + " " + own);
    return IntStream.range(0, settings.size()).mapToObj(rank -> read(subject, rank)).toList();
  }

  private String read(String subject, int rank) {
    String[] told = get(subject, rank).split(" ", 2);
    if (!told[0].equals(Integer.toString(settings.size()))) {
      put(subject + READ, "");
      if (settings.rank() == 0) {
        get(subject + READ, rank);
      }
      throw new DiffusionException(
          "all workers must have the same WORLD_SIZE: worker %d has %d, found %s on worker %d"
              .formatted(settings.rank(), settings.size(), told[0], rank));
    }
    return told[1];
  }

  private void put(String subject, String text) {
    try {
      store.set(key(subject, settings.rank()), text);
    } catch (RuntimeException e) {
      throw lost("cannot tell the others about " + subject, e);
    }
  }

  private String get(String subject, int rank) {
    try {
      return store.get_to_str(key(subject, rank));
    } catch (RuntimeException e) {
      String wait = ", waiting " + settings.timeout() + " at most";
      throw lost("has not heard from worker " + rank + " about " + subject + wait, e);
    }
  }

  private String key(String subject, int rank) {
    return prefix + "/" + groups + "/" + subject + "/" + rank;
  }

  private LostWorkerException lost(String what, RuntimeException e) {
    String worker = "worker " + settings.rank() + " of " + settings.size() + " ";
    return new LostWorkerException(worker + what + ": " + reason(e), e);
  }

  /** What c10d says, without the places in its sources; of NCCL its last error, too. */
  static String reason(Throwable e) {
    String text = String.valueOf(e.getMessage());
    String first = text.lines().findFirst().orElse("").replaceFirst("^\\[[^ ]*\\] ", "");
    int last = text.indexOf(LAST_ERROR);
    return last < 0
        ? first
        : first
            + ": "
            + text.substring(last + LAST_ERROR.length()).strip().lines().findFirst().orElse("");
  }

  /** Leaves it to the next group at the same place. */
  void leave() {
    IDLE.put(settings.place(), this);
  }
}
