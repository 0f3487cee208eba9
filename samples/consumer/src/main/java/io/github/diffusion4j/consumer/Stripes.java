package io.github.diffusion4j.consumer;

import io.github.diffusion4j.train.data.Dataset;
import java.util.Arrays;

/** A data set of this program's own: a bright stripe, upright or lying. */
public record Stripes(int size) implements Dataset {

  private static final int SIDE = 28;

  @Override
  public int channels() {
    return 1;
  }

  @Override
  public int height() {
    return SIDE;
  }

  @Override
  public int width() {
    return SIDE;
  }

  @Override
  public int classes() {
    return 2;
  }

  @Override
  public void image(int index, float[] into, int offset) {
    int place = index / 2 % SIDE;
    Arrays.fill(into, offset, offset + SIDE * SIDE, 0);
    for (int i = 0; i < SIDE; i++) {
      into[offset + (label(index) == 0 ? place * SIDE + i : i * SIDE + place)] = 1;
    }
  }

  @Override
  public int label(int index) {
    return index % 2;
  }

  @Override
  public String name() {
    return "stripes";
  }
}
