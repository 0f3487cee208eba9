package io.github.diffusion4j.train.torch;

import java.time.Duration;

/**
 * A worker's place in a group, and where the group meets.
 *
 * @param rank the worker's number, from 0
 * @param size the number of workers
 * @param address the host of worker 0
 * @param port the port that worker 0 listens on
 * @param timeout how long a worker waits for the others
 * @param isSynchronised whether batch normalisation is over the images of all workers
 */
public record GroupSettings(
    int rank, int size, String address, int port, Duration timeout, boolean isSynchronised) {

  /**
   * Where a worker's part of a batch begins; the one before ends there.
   *
   * @param part the worker's rank, or the number of a part
   * @param parts the number of workers, or of parts
   * @param count the number of images of the batch
   * @return the index of its first image
   */
  public static int from(int part, int parts, int count) {
    return count * part / parts;
  }
}
