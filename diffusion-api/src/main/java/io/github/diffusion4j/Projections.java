package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.function.Supplier;

/** The projections that come with the library. */
final class Projections {

  static final Projection NONE = new None();

  private Projections() {}

  private record None() implements Projection {

    @Override
    public Tensor after(Tensor made, Step step, Supplier<Tensor> noise) {
      return made;
    }

    @Override
    public String toString() {
      return "none";
    }
  }

  record Renoised(Tensor original, Tensor mask) implements Projection {

    Renoised {
      check(original, mask);
    }

    @Override
    public Tensor after(Tensor made, Step step, Supplier<Tensor> noise) {
      Tensor known = step.next().mix(Tensors.repeat(original, made.shape().batch()), noise.get());
      return Tensors.blend(mask, made, known);
    }
  }

  record Kept(Tensor original, Tensor mask) implements Projection {

    Kept {
      check(original, mask);
    }

    @Override
    public Tensor start(Tensor start) {
      return Tensors.blend(mask, start, original);
    }

    @Override
    public Tensor after(Tensor made, Step step, Supplier<Tensor> noise) {
      return Tensors.blend(mask, made, step.sample());
    }
  }

  private static void checkFinite(Tensor images, String name) {
    Checks.require(images.isFinite(), () -> name + " must be finite, got NaN or infinity");
  }

  record Component(Filter component, Tensor reference) implements Projection {

    Component {
      checkFinite(reference, "reference");
    }

    @Override
    public Tensor after(Tensor made, Step step, Supplier<Tensor> noise) {
      Tensor known = step.next().mix(Tensors.repeat(reference, made.shape().batch()), noise.get());
      return Tensors.mix(1, made, 1, component.apply(Tensors.mix(1, known, -1, made)));
    }
  }

  private static void check(Tensor original, Tensor mask) {
    checkFinite(original, "original");
    Tensors.blend(mask, original, original);
    for (float value : mask.values()) {
      Checks.require(value >= 0 && value <= 1, () -> "mask values must be in [0, 1], got " + value);
    }
  }
}
