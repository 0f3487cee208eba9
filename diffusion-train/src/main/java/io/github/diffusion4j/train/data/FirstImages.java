package io.github.diffusion4j.train.data;

/** The first images of a data set. */
record FirstImages(Dataset all, int size) implements DatasetView {

  @Override
  public String difference() {
    return "first " + size;
  }
}
