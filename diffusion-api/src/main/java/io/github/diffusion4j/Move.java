package io.github.diffusion4j;

import java.util.Objects;
import java.util.Optional;

/**
 * Where a scheduler goes.
 *
 * @param next the images at the next level
 * @param corrected the corrected images of the present level, if the scheduler is a corrector
 */
public record Move(Tensor next, Optional<Tensor> corrected) {

  /**
   * A move to the next level.
   *
   * @param next the images there
   * @return the move
   */
  public static Move to(Tensor next) {
    return new Move(Objects.requireNonNull(next, "next"), Optional.empty());
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
}
