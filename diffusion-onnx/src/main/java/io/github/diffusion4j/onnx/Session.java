package io.github.diffusion4j.onnx;

import ai.onnxruntime.OrtException;
import io.github.diffusion4j.Cancellation;
import io.github.diffusion4j.CancelledException;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Tensor;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A loaded model that may be run and closed by any thread at any time.
 *
 * <p>ONNX Runtime itself crashes the process when a model is closed during a run. Here closing
 * stops the runs under way, waits for them, and only then frees the model.
 */
final class Session implements AutoCloseable {

  /** More shapes than this at once are rare, and each may hold much memory. */
  private static final int MOST_IDLE_SLOTS = 4;

  private final Path file;
  private final Sessions.Opened model;
  private final Signature signature;
  private final Optional<ExecutorService> thread;
  private final ReadWriteLock gate = new ReentrantReadWriteLock();
  private final Object lock = new Object();
  private final Deque<Slot> idle = new ArrayDeque<>();
  private final Set<Slot> running = new HashSet<>();
  private boolean closed;

  Session(Path file, Sessions.Opened model, Signature signature) {
    this(file, model, signature, model.provider().isCuda());
  }

  /** A session whose runs come from one thread, which CUDA takes least device memory for. */
  Session(Path file, Sessions.Opened model, Signature signature, boolean ownThread) {
    this.file = file;
    this.model = model;
    this.signature = signature;
    this.thread =
        ownThread ? Optional.of(Executors.newSingleThreadExecutor(this::daemon)) : Optional.empty();
  }

  private Thread daemon(Runnable work) {
    Thread made = new Thread(work, "onnx " + file.getFileName());
    made.setDaemon(true);
    return made;
  }

  Signature signature() {
    return signature;
  }

  /**
   * Runs the model once.
   *
   * @throws CancelledException if it was stopped
   * @throws IllegalStateException if the model is closed, or is closed before the run has ended
   * @throws DiffusionException if ONNX Runtime fails
   */
  Tensor run(Tensor x, double[] times, Map<String, Tensor> inputs, Cancellation cancellation) {
    gate.readLock().lock();
    try {
      Slot slot = take(Slot.Key.of(x, inputs));
      Cancellation.Registration stopping = cancellation.onCancel(slot::stop);
      try {
        slot.fill(x, times, inputs);
        return run(slot);
      } finally {
        stopping.close();
        giveBack(slot);
      }
    } catch (OrtException e) {
      if (cancellation.isCancelled()) {
        throw new CancelledException("the request was cancelled during a run of " + file, e);
      }
      if (isClosed()) {
        throw new IllegalStateException(file + " was closed during a run", e);
      }
      throw new DiffusionException(
          file
              + ": ONNX Runtime failed on images "
              + x.shape()
              + " and inputs "
              + new TreeMap<>(Slot.Key.of(x, inputs).inputs())
              + ": "
              + e.getMessage(),
          e);
    } finally {
      gate.readLock().unlock();
    }
  }

  private Slot take(Slot.Key key) throws OrtException {
    synchronized (lock) {
      if (closed) {
        throw new IllegalStateException(file + " is closed");
      }
      for (Iterator<Slot> slots = idle.iterator(); slots.hasNext(); ) {
        Slot slot = slots.next();
        if (slot.key().equals(key)) {
          slots.remove();
          running.add(slot);
          return slot;
        }
      }
    }
    Slot made = new Slot(Natives.environment(), signature, key);
    synchronized (lock) {
      if (closed) {
        made.close();
        throw new IllegalStateException(file + " is closed");
      }
      running.add(made);
    }
    return made;
  }

  private void giveBack(Slot slot) {
    synchronized (lock) {
      running.remove(slot);
      if (slot.isStopped()) {
        slot.close();
        return;
      }
      idle.addFirst(slot);
      if (idle.size() > MOST_IDLE_SLOTS) {
        idle.removeLast().close();
      }
    }
  }

  private Tensor run(Slot slot) throws OrtException {
    return thread.isEmpty()
        ? slot.run(model.session())
        : await(thread.get().submit(() -> slot.run(model.session())));
  }

  /** Waits even when interrupted: the memory must not be given back while the run uses it. */
  private static Tensor await(Future<Tensor> result) throws OrtException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return result.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          if (e.getCause() instanceof OrtException failure) {
            throw failure;
          }
          throw new DiffusionException("a run failed: " + e.getCause(), e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean isClosed() {
    synchronized (lock) {
      return closed;
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (closed) {
        return;
      }
      closed = true;
      for (Slot slot : running) {
        slot.stop();
      }
    }
    gate.writeLock().lock();
    try {
      idle.forEach(Slot::close);
      idle.clear();
      thread.ifPresent(ExecutorService::shutdown);
      model.close();
    } finally {
      gate.writeLock().unlock();
    }
  }
}
