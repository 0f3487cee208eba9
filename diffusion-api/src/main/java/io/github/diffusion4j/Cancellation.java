package io.github.diffusion4j;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/**
 * A switch that stops the runs of a request, even inside a network call: they throw {@link
 * CancelledException}. Other requests go on, and what they run on stays usable.
 *
 * <p>Safe for several threads. It cannot be switched back.
 */
public final class Cancellation {

  private static final Cancellation NONE = new Cancellation();

  private final List<Waiting> actions = new ArrayList<>();
  private boolean cancelled;

  private Cancellation() {}

  /** A new switch. */
  public static Cancellation create() {
    return new Cancellation();
  }

  /** The switch of requests that have none, which cannot be switched. */
  public static Cancellation none() {
    return NONE;
  }

  /** Stops the runs that have this switch, and those to come. A second call does nothing. */
  public void cancel() {
    if (this == NONE) {
      throw new IllegalStateException("this switch belongs to requests without one");
    }
    List<Waiting> all;
    synchronized (this) {
      cancelled = true;
      all = new ArrayList<>(actions);
      actions.clear();
    }
    // The latest first: it is what a run under way has said to stop it.
    Collections.reverse(all);
    List<RuntimeException> failures = new ArrayList<>();
    for (Waiting action : all) {
      try {
        action.run();
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.get(0);
    }
  }

  /** Whether it is switched. */
  public synchronized boolean isCancelled() {
    return cancelled;
  }

  /**
   * Ends a run that was stopped.
   *
   * @throws CancelledException if it was
   */
  public void check() {
    if (isCancelled()) {
      throw new CancelledException("the request was cancelled");
    }
  }

  /**
   * Does something when it is switched, at once if it is already: for denoisers that can stop what
   * they do. The latest action comes first, and one that fails does not keep the others from
   * coming.
   *
   * @param action short; it runs on the thread that cancels
   * @return to be closed when the action must no longer run; after closing it does not
   */
  public Registration onCancel(Runnable action) {
    Waiting waiting = new Waiting(Objects.requireNonNull(action, "action"));
    synchronized (this) {
      if (!cancelled) {
        if (this != NONE) {
          actions.add(waiting);
        }
        return () -> remove(waiting);
      }
    }
    waiting.run();
    return waiting::close;
  }

  private void remove(Waiting action) {
    synchronized (this) {
      actions.remove(action);
    }
    action.close();
  }

  /** An action with a lock of its own, so that closing it waits for nothing but itself. */
  private static final class Waiting {

    private final Runnable action;
    private boolean closed;

    Waiting(Runnable action) {
      this.action = action;
    }

    synchronized void run() {
      if (!closed) {
        closed = true;
        action.run();
      }
    }

    synchronized void close() {
      closed = true;
    }
  }

  /** An action that waits. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {

    /** Takes the action back. */
    @Override
    void close();
  }
}
