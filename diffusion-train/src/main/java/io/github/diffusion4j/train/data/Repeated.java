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
