package io.github.diffusion4j.train;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.torch.GroupSettings;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The processes that train one network together, each on its part of every batch, and this
 * process's place among them: what PyTorch calls a process group for DistributedDataParallel.
 *
 * <p>Each process runs the same program, with the same network, settings and data, and makes every
 * step. The images, the noise and the learning rate of a step are those of one process. Worker 0
 * alone writes the run's folder.
 *
 * <p>Without {@link #synchronised()}, each worker normalises its batches by its own part: two
 * workers are one process with {@code accumulation(2)}, but for the running statistics, which are
 * averaged over the workers.
 *
 * <p>A value: every method returns a changed copy.
 */
public final class Workers {

  private final GroupSettings place;
  private final int localRank;

  private Workers(GroupSettings place, int localRank) {
    this.place = place;
    this.localRank = localRank;
  }

  /**
   * This process alone.
   *
   * @return one worker
   */
  public static Workers alone() {
    return of(0, 1, "localhost", 29500);
  }

  /**
   * One of several workers.
   *
   * @param rank this worker's number, in [0, size − 1]
   * @param size the number of workers, at least 1
   * @param address a name or address of worker 0's machine, by which all reach it
   * @param port a free port there, in [1, 65535]
   * @return the workers
   * @throws IllegalArgumentException if a value is out of range
   */
  public static Workers of(int rank, int size, String address, int port) {
    Objects.requireNonNull(address, "address");
    Checks.atLeast(1, size, "number of workers");
    Checks.inRange(0, size - 1, rank, "rank of a worker");
    Checks.require(!address.isBlank(), () -> "address of worker 0 must not be blank");
    Checks.inRange(1, 65535, port, "port of worker 0");
    Optional<String> attempt = Optional.empty();
    Duration timeout = Duration.ofMinutes(10);
    return new Workers(new GroupSettings(rank, size, address, port, attempt, timeout, false), 0);
  }

  /**
   * As the environment says, in PyTorch's variables, which {@code torchrun} and others set: {@code
   * RANK}, {@code WORLD_SIZE}, {@code MASTER_ADDR}, {@code MASTER_PORT} and, for the CUDA device,
   * {@code LOCAL_RANK} (0 if there is none). Where {@code TORCHELASTIC_USE_AGENT_STORE} is {@code
   * True}, {@code torchrun} itself listens on the port, in place of worker 0.
   *
   * @return the workers
   * @throws DiffusionException if a variable is missing, not a number, or out of range; it is named
   */
  public static Workers fromEnvironment() {
    return from(System.getenv());
  }

  static Workers from(Map<String, String> environment) {
    int size = number(environment, "WORLD_SIZE", 1, Integer.MAX_VALUE);
    int rank = number(environment, "RANK", 0, size - 1);
    String address = text(environment, "MASTER_ADDR", "the host of worker 0");
    int port = number(environment, "MASTER_PORT", 1, 65535);
    Workers alone = of(rank, size, address, port);
    boolean isServed = environment.getOrDefault("TORCHELASTIC_USE_AGENT_STORE", "").equals("True");
    Workers workers =
        isServed
            ? new Workers(
                alone.place.servedAt(
                    number(environment, "TORCHELASTIC_RESTART_COUNT", 0, Integer.MAX_VALUE)),
                0)
            : alone;
    return environment.containsKey("LOCAL_RANK")
        ? workers.localRank(number(environment, "LOCAL_RANK", 0, rank))
        : workers;
  }

  private static int number(Map<String, String> environment, String name, int low, int high) {
    String expected = "a whole number in [" + low + ", " + high + "]";
    String text = text(environment, name, expected);
    try {
      return Checks.inRange(low, high, Integer.parseInt(text.strip()), name);
    } catch (IllegalArgumentException e) {
      throw wrong(name, expected, "'" + text + "'");
    }
  }

  private static String text(Map<String, String> environment, String name, String expected) {
    String text = environment.getOrDefault(name, "");
    if (text.isBlank()) {
      throw wrong(name, expected, environment.containsKey(name) ? "a blank" : "none");
    }
    return text;
  }

  private static DiffusionException wrong(String name, String expected, String found) {
    return new DiffusionException(
        "environment variable " + name + " must be " + expected + ", found " + found);
  }

  /**
   * This on another CUDA device of its machine; for runs on {@link Device#CUDA} alone.
   *
   * @param device the number of the device, at least 0, which is the default
   * @return the changed workers
   * @throws IllegalArgumentException if the number is below 0
   */
  public Workers localRank(int device) {
    Checks.atLeast(0, device, "local rank");
    return new Workers(place, device);
  }

  /**
   * This with another time to wait for the others: for all to be there, in each step, and at the
   * beginning of an epoch. Within a step, a worker whose process has ended is noticed at once.
   * Between two steps of one worker, the others wait, so let it be longer than what a program does
   * there, and what worker 0 does at the end of an epoch: ask images held back, and draw.
   *
   * @param timeout from 1 millisecond to 24 days; the default is 10 minutes
   * @return the changed workers
   * @throws IllegalArgumentException if the time is out of range
   */
  public Workers timeout(Duration timeout) {
    Objects.requireNonNull(timeout, "timeout");
    Checks.require(
        timeout.compareTo(Duration.ofMillis(1)) >= 0 && timeout.compareTo(Duration.ofDays(24)) <= 0,
        () -> "timeout of workers must be in [PT0.001S, PT576H], got " + timeout);
    return new Workers(place.timeout(timeout), localRank);
  }

  /**
   * This with batches normalised over the images of all workers (PyTorch's SyncBatchNorm), so that
   * several workers are one process with whole batches, to rounding. With {@link
   * Optimiser#accumulation} it is over the first parts of all workers, then over the second, and so
   * on: numbers of no single process. It costs two messages a normalisation.
   *
   * @return the changed workers
   */
  public Workers synchronised() {
    return new Workers(place.synchronised(), localRank);
  }

  /** This worker's number, from 0. */
  public int rank() {
    return place.rank();
  }

  /** The number of workers. */
  public int size() {
    return place.size();
  }

  int localRank() {
    return localRank;
  }

  boolean isSynchronised() {
    return place.isSynchronised();
  }

  GroupSettings settings() {
    return place;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Workers workers
        && localRank == workers.localRank
        && place.equals(workers.place);
  }

  @Override
  public int hashCode() {
    return Objects.hash(localRank, place);
  }

  @Override
  public String toString() {
    return place.toString().replaceFirst("^GroupSettings", "Workers");
  }
}
