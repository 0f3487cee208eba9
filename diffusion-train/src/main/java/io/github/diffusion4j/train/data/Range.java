package io.github.diffusion4j.train.data;

/** The images of a data set from one place to another. */
record Range(Dataset all, int from, int to) implements DatasetView {

  @Override
  public int size() {
    return to - from;
  }

  @Override
  public int place(int index) {
    return from + index;
  }

  @Override
  public String difference() {
    return from == 0 ? "first " + to : "images " + from + " to " + to;
  }
}
