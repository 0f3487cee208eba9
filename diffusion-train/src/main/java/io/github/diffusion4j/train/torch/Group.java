package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.DiffusionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.Work;
import org.bytedeco.pytorch.global.torch;

/**
 * The processes that train one network together, as one of them sees them.
 *
 * <p>All must make the same calls in the same order, with tensors of the same sizes: Gloo ends the
 * process where sizes differ. What could differ is therefore compared first, by {@link #exchange}.
 */
@SuppressWarnings("try") // scopes work by being open
public final class Group implements AutoCloseable {

  private static final String FAILED = "failed: ";

  /** A group of one. */
  public static final Group ALONE = new Group(0, 1, false, Optional.empty());

  private final int rank;
  private final int size;
  private final boolean isSynchronised;
  private final Optional<Connection> connection;
  private final Optional<TensorTensorHook> sumOfGradients;
  private Optional<LostWorkerException> failure = Optional.empty();
  private boolean closed;

  private Group(int rank, int size, boolean isSynchronised, Optional<Connection> connection) {
    this.rank = rank;
    this.size = size;
    this.isSynchronised = isSynchronised;
    this.connection = connection;
    this.sumOfGradients = connection.map(open -> new SumOfGradients(this));
  }

  /**
   * Meets the other workers.
   *
   * @param settings this worker's place
   * @return the group, when all are there
   * @throws DiffusionException if they are not there in time, two have one rank, or LibTorch cannot
   *     be loaded
   */
  public static Group connect(GroupSettings settings) {
    Optional<Connection> connection =
        settings.size() == 1 ? Optional.empty() : Optional.of(Connection.open(settings));
    return new Group(settings.rank(), settings.size(), settings.isSynchronised(), connection);
  }

  /** This worker's number, from 0. */
  public int rank() {
    return rank;
  }

  /** The number of workers. */
  public int size() {
    return size;
  }

  /** Whether batch normalisation is over the images of all workers. */
  boolean isSynchronised() {
    return isSynchronised && size > 1;
  }

  /**
   * Tells the others a text and hears theirs.
   *
   * @param subject what it is about, once in the life of a group
   * @param own this worker's text
   * @return the text of each worker, in the order of their ranks
   * @throws LostWorkerException if another worker does not answer in time
   */
  public List<String> exchange(String subject, String own) {
    if (connection.isEmpty()) {
      return List.of(own);
    }
    try {
      return connection.get().exchange(subject, own);
    } catch (LostWorkerException e) {
      throw lost(e);
    }
  }

  /**
   * Does what may fail on one worker, and then fails on all.
   *
   * @param subject what it is about, once in the life of a group
   * @param work what this worker does
   * @param <T> what this worker gets; is closed if another has failed
   * @return what this worker got
   * @throws DiffusionException if another worker has failed, or does not answer in time
   */
  public <T> T attempt(String subject, Supplier<T> work) {
    T result;
    try {
      result = work.get();
    } catch (RuntimeException | Error e) {
      try {
        exchange(subject, FAILED + e.getMessage());
      } catch (LostWorkerException unheard) {
        e.addSuppressed(unheard);
      }
      throw e;
    }
    try {
      checkDone(subject, exchange(subject, ""));
      return result;
    } catch (DiffusionException e) {
      close(result, e);
      throw e;
    }
  }

  private static void close(Object result, DiffusionException reason) {
    if (result instanceof AutoCloseable open) {
      try {
        open.close();
      } catch (Exception e) {
        reason.addSuppressed(e);
      }
    }
  }

  private static void checkDone(String subject, List<String> all) {
    for (int other = 0; other < all.size(); other++) {
      if (all.get(other).startsWith(FAILED)) {
        throw new DiffusionException(
            "worker "
                + other
                + " has failed in "
                + subject
                + ": "
                + all.get(other).substring(FAILED.length()));
      }
    }
  }

  /** Connects each worker with each, and gives all of them the tensors of worker 0. */
  void begin(Compute compute, List<Tensor> tensors) {
    if (connection.isPresent()) {
      orLost(() -> connection.get().open(compute));
      inBuckets(tensors, values -> connection.get().backend().broadcast(values));
    }
  }

  /** Adds tensors of one type up over all workers, in place. */
  void sum(List<Tensor> tensors) {
    inBuckets(tensors, values -> connection.orElseThrow().backend().allreduce(values));
  }

  private void inBuckets(List<Tensor> tensors, Function<TensorVector, Work> collective) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode off = new AutoGradMode(false)) {
      List<Bucket> buckets = Bucket.of(tensors, connection.orElseThrow()::place);
      List<Work> works = new ArrayList<>();
      orLost(
          () ->
              buckets.forEach(
                  bucket -> works.add(collective.apply(new TensorVector(bucket.values())))));
      for (int i = 0; i < works.size(); i++) {
        Work work = works.get(i);
        orLost(() -> work._wait());
        buckets.get(i).empty(); // while the next ones are under way
      }
    }
  }

  private void orLost(Runnable talk) {
    try {
      talk.run();
    } catch (RuntimeException e) {
      throw lost(e);
    }
  }

  /**
   * The vectors of all workers, as a function of this worker's: the gradient that comes back to it
   * is the sum over all workers.
   *
   * @param own this worker's vector
   * @return {@code [workers, length]}
   */
  Tensor gather(Tensor own) {
    Tensor place;
    try (AutoGradMode off = new AutoGradMode(false)) {
      place = torch.zeros(new long[] {size, 1}, own.options());
      place.select(0, rank).fill_(new Scalar(1.0));
    }
    Tensor mine = place.mul(own.unsqueeze(0));
    Tensor all = mine.detach().clone();
    sum(List.of(all));
    Tensor gathered = mine.add(all.sub(mine.detach()));
    gathered.register_hook(sumOfGradients.orElseThrow());
    return gathered;
  }

  /** Called by LibTorch within a backward pass, in the same order on all workers. */
  private static final class SumOfGradients extends TensorTensorHook {

    private final transient Group group;
    private transient Tensor sum = new Tensor();

    SumOfGradients(Group group) {
      this.group = group;
    }

    /** On CUDA by a thread of LibTorch's own, which has no scope. */
    @Override
    public TensorBase call(TensorBase gradient) {
      sum.close(); // the last one, which LibTorch has taken since
      try (gradient;
          PointerScope scope = new PointerScope()) {
        sum = new Tensor(gradient).clone().retainReference();
        group.sum(List.of(sum));
        return sum;
      }
    }

    @Override
    public void close() {
      sum.close();
      super.close();
    }
  }

  /** Why the group can do nothing more, if another worker has been lost. */
  Optional<LostWorkerException> failure() {
    return failure;
  }

  private LostWorkerException lost(RuntimeException e) {
    LostWorkerException lost =
        e instanceof LostWorkerException known
            ? known
            : new LostWorkerException(
                "worker "
                    + rank
                    + " of "
                    + size
                    + " has lost another one, which has failed, ended, or not answered within "
                    + connection.orElseThrow().timeout()
                    + ": "
                    + Connection.reason(e),
                e);
    failure = Optional.of(lost);
    return lost;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (failure.isEmpty()) {
        connection.ifPresent(Connection::leave);
      }
      sumOfGradients.ifPresent(TensorTensorHook::close);
    }
  }
}
