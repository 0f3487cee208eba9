package io.github.diffusion4j;

import java.util.ArrayList;
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

  private final List<Runnable> actions = new ArrayList<>();
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

  /** Stops the runs that have this switch, and those to come. */
  public void cancel() {
    if (this == NONE) {
      throw new IllegalStateException("this switch belongs to requests without one");
    }
    synchronized (this) {
      cancelled = true;
      actions.forEach(Runnable::run);
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
   * they do.
   *
   * @param action short and without exceptions; it runs on the thread that cancels
   * @return to be closed when the action must no longer run; after closing it does not
   */
  public synchronized Registration onCancel(Runnable action) {
    Objects.requireNonNull(action, "action");
    if (cancelled) {
      action.run();
    } else if (this != NONE) {
      actions.add(action);
    }
    return () -> remove(action);
  }

  private synchronized void remove(Runnable action) {
    actions.remove(action);
  }

  /** An action that waits. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {

    /** Takes the action back. */
    @Override
    void close();
  }
}
