package io.github.diffusion4j;

/** A request was stopped by its {@link Cancellation}. */
public class CancelledException extends DiffusionException {

  private static final long serialVersionUID = 1;

  /**
   * An exception.
   *
   * @param message what was stopped
   */
  public CancelledException(String message) {
    super(message);
  }

  /**
   * An exception.
   *
   * @param message what was stopped
   * @param cause what the engine says
   */
  public CancelledException(String message, Throwable cause) {
    super(message, cause);
  }
}
