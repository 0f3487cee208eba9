package io.github.diffusion4j.train.data;

import io.github.diffusion4j.internal.Checks;

/** All images of a data set several times, one after another. */
record Repeated(Dataset all, int times) implements DatasetView {

  Repeated {
    Checks.inRange(1, Integer.MAX_VALUE / all.size(), times, "times");
  }

  @Override
  public int size() {
    return times * all.size();
  }

  /** Copies of an image would be on both sides. */
  @Override
  public Dataset holdingBack(double share, long seed) {
    throw new IllegalArgumentException(
        "images are held back before they are repeated, got data set " + name());
  }

  @Override
  public int place(int index) {
    return index % all.size();
  }

  @Override
  public String difference() {
    return times + " times";
  }

  @Override
  public String toString() {
    return name();
  }
}
