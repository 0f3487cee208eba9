package io.github.diffusion4j.pipeline;

import io.github.diffusion4j.Noise;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;

/**
 * A source of noise without one of its draws, which something else has taken.
 *
 * @param noise the source
 * @param taken how many draws come before the one that is left out
 */
record Draws(Noise noise, int taken) implements Noise {

  @Override
  public Stream stream(Shape shape) {
    Stream draws = noise.stream(shape);
    return new Stream() {
      private int next;

      @Override
      public Tensor next() {
        if (next++ == taken) {
          draws.next();
        }
        return draws.next();
      }

      @Override
      public Tensor aside() {
        return draws.aside();
      }
    };
  }

  @Override
  public String toString() {
    return noise.toString();
  }
}
