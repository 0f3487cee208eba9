package io.github.diffusion4j;

import java.util.Optional;

/**
 * Where a scheduler goes.
 *
 * <p>Immutable.
 */
public final class Move {

  private final Tensor next;
  private final Optional<Tensor> corrected;

  private Move(Tensor next, Optional<Tensor> corrected) {
    this.next = next;
    this.corrected = corrected;
  }

  /**
   * A move to the next level.
   *
   * @param next the images there
   * @return the move
   */
  public static Move to(Tensor next) {
    return new Move(next, Optional.empty());
  }

  /**
   * The same move by a scheduler that has corrected the present images first; the history keeps
   * these.
   *
   * @param present the corrected images of the present level
   * @return the changed move
   */
  public Move correcting(Tensor present) {
    return new Move(next, Optional.of(present));
  }

  /** The images at the next level. */
  public Tensor next() {
    return next;
  }

  /** The corrected images of the present level, if the scheduler is a corrector. */
  public Optional<Tensor> corrected() {
    return corrected;
  }
}
