package io.github.diffusion4j.train;

import io.github.diffusion4j.train.torch.Batch;
import io.github.diffusion4j.train.torch.Guard;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Prepares the next batch of an epoch on a thread of its own while the network works on the one
 * before. A batch is a function of its place in the run, so this changes no number.
 *
 * <p>There is at most one such thread. It is a daemon and ends with its batch, so a loader that is
 * left without being closed leaves nothing behind. Not safe for several threads at once.
 */
final class Loader implements AutoCloseable {

  /** Where in the run a batch is. */
  @SuppressWarnings("ArrayRecordComponent") // an epoch has one array
  private record Place(int[] order, int index, long step) {

    Batch of(Batches batches) {
      return batches.batch(order, index, step);
    }
  }

  private record Ahead(Place place, CompletableFuture<Batch> batch) {}

  private final Batches batches;
  private Optional<Ahead> ahead = Optional.empty();

  Loader(Batches batches) {
    this.batches = batches;
  }

  /**
   * A batch of an epoch, as {@link Batches#batch} gives it.
   *
   * @throws RuntimeException what the data set throws; a batch that failed is prepared again if it
   *     is asked for again
   */
  Batch batch(int[] order, int index, long step) {
    Place place = new Place(order, index, step);
    Optional<Ahead> prepared = ahead.filter(a -> a.place().equals(place));
    if (prepared.isEmpty()) {
      close();
    }
    ahead = Optional.empty();
    Batch batch = prepared.isPresent() ? Guard.joined(prepared.get().batch()) : place.of(batches);
    if (index + 1 < batches.count()) {
      Place next = new Place(order, index + 1, step + 1);
      ahead =
          Optional.of(
              new Ahead(
                  next, CompletableFuture.supplyAsync(() -> next.of(batches), Loader::start)));
    }
    return batch;
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "diffusion4j-loader");
    thread.setDaemon(true);
    thread.start();
  }

  /** Waits until the data set is no longer read. What then is wrong with it concerns nobody. */
  @Override
  public void close() {
    ahead.ifPresent(a -> a.batch().handle((batch, failure) -> true).join());
    ahead = Optional.empty();
  }
}
