package io.github.diffusion4j.train;

import java.util.Arrays;

/** 20 images of 4×4 pixels of one brightness, of three classes; the digest is the library's. */
record Dots(float brightness) implements GraySquares {

  @Override
  public int size() {
    return 20;
  }

  @Override
  public int side() {
    return 4;
  }

  @Override
  public int classes() {
    return 3;
  }

  @Override
  public void image(int index, float[] into, int offset) {
    Arrays.fill(into, offset, offset + 16, brightness);
  }

  @Override
  public int label(int index) {
    return index % 3;
  }

  @Override
  public String name() {
    return "dots";
  }
}
