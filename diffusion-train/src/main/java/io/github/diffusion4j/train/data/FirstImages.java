package io.github.diffusion4j.train.data;

import io.github.diffusion4j.internal.Checks;
import java.util.Optional;

/** The first images of a data set. */
record FirstImages(Dataset all, int size) implements Dataset {

  @Override
  public int channels() {
    return all.channels();
  }

  @Override
  public int height() {
    return all.height();
  }

  @Override
  public int width() {
    return all.width();
  }

  @Override
  public int classes() {
    return all.classes();
  }

  @Override
  public void image(int index, float[] into, int offset) {
    all.image(checked(index), into, offset);
  }

  @Override
  public int label(int index) {
    return all.label(checked(index));
  }

  @Override
  public Optional<String> caption(int index) {
    return all.caption(checked(index));
  }

  @Override
  public String hash() {
    return all.hash() + ", first " + size;
  }

  @Override
  public String name() {
    return all.name() + ", first " + size;
  }

  private int checked(int index) {
    return Checks.inRange(0, size - 1, index, "image index");
  }
}
