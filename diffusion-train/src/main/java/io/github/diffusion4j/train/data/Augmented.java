package io.github.diffusion4j.train.data;

import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.Checks;
import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;

/** A data set whose images are changed at random wherever they are drawn. */
record Augmented(Dataset all, Augmentation augmentation) implements DatasetView {

  @Override
  public void draw(int index, RandomGenerator random, float[] into, int offset) {
    DatasetView.super.draw(index, random, into, offset);
    Shape shape = Shape.images(1, channels(), height(), width());
    float[] drawn = Arrays.copyOfRange(into, offset, offset + shape.elements());
    Tensor changed =
        Objects.requireNonNull(
            augmentation.apply(Tensor.of(shape, drawn), random), "image of an augmentation");
    Checks.require(
        changed.shape().equals(shape),
        () -> difference() + " must leave the shape " + shape + ", got " + changed.shape());
    System.arraycopy(changed.toArray(), 0, into, offset, shape.elements());
  }

  @Override
  public String difference() {
    return augmentation.name();
  }
}
