package io.github.diffusion4j;

/**
 * Something outside the caller's hands went wrong: a file is not what it should be, an engine
 * failed, a download did not succeed. The message names what was expected and what was found.
 *
 * <p>A mistake in a call gives {@link IllegalArgumentException} or {@link IllegalStateException}
 * instead.
 */
public class DiffusionException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * An error without a cause.
   *
   * @param message what was expected and what was found, and where
   */
  public DiffusionException(String message) {
    super(message);
  }

  /**
   * An error with its cause.
   *
   * @param message what was expected and what was found, and where
   * @param cause the error behind it
   */
  public DiffusionException(String message, Throwable cause) {
    super(message, cause);
  }
}
