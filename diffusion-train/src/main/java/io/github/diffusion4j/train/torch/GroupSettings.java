package io.github.diffusion4j.train.torch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;

/**
 * A worker's place in a group, and where the group meets.
 *
 * @param rank the worker's number, from 0
 * @param size the number of workers
 * @param address the host of worker 0, or of the launcher that serves the group
 * @param port the port that is listened on there
 * @param attempt the launcher's number of the attempt, if not worker 0 listens but a launcher
 * @param timeout how long a worker waits for the others
 * @param isSynchronised whether batch normalisation is over the images of all workers
 */
public record GroupSettings(
    int rank,
    int size,
    String address,
    int port,
    Optional<String> attempt,
    Duration timeout,
    boolean isSynchronised) {

  /**
   * This, met at a launcher.
   *
   * @param restarts how often it has started the workers again
   * @return the changed settings
   */
  public GroupSettings servedAt(int restarts) {
    return new GroupSettings(
        rank, size, address, port, Optional.of("" + restarts), timeout, isSynchronised);
  }

  /**
   * This with another timeout.
   *
   * @param other how long a worker waits for the others
   * @return the changed settings
   */
  public GroupSettings timeout(Duration other) {
    return new GroupSettings(rank, size, address, port, attempt, other, isSynchronised);
  }

  /** Where the group meets, and as whom, whatever else is asked. */
  GroupSettings place() {
    return new GroupSettings(rank, size, address, port, attempt, Duration.ZERO, false);
  }

  /** What to say of an address that nobody knows; empty if it is known. */
  String unknownHost() {
    try {
      InetAddress.getByName(address);
      return "";
    } catch (UnknownHostException e) {
      return ", and no host " + address + " is known here";
    }
  }

  /** This with batch normalisation over the images of all workers. */
  public GroupSettings synchronised() {
    return new GroupSettings(rank, size, address, port, attempt, timeout, true);
  }

  /**
   * Where this worker's part of a batch begins; the next worker's begins where it ends.
   *
   * @param count the number of images of the batch
   * @return the index of its first image
   */
  public int from(int count) {
    return from(rank, size, count);
  }

  /**
   * Where this worker's part of a batch ends.
   *
   * @param count the number of images of the batch
   * @return the index after its last image
   */
  public int to(int count) {
    return from(rank + 1, size, count);
  }

  /**
   * Where a worker's part of a batch begins; the one before ends there.
   *
   * @param part the worker's rank, or the number of a part
   * @param parts the number of workers, or of parts
   * @param count the number of images of the batch
   * @return the index of its first image
   */
  public static int from(int part, int parts, int count) {
    return Math.toIntExact((long) count * part / parts);
  }
}
