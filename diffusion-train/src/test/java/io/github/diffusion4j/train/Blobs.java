package io.github.diffusion4j.train;

import io.github.diffusion4j.train.UNet.TimeEffect;
import java.util.Arrays;
import java.util.List;

/** Small images of three classes, whatever their number is said to be: a bright row by class. */
record Blobs(int size, int classes, List<String> classNames) implements GraySquares {

  static final UNet NET = UNet.width(4).images(1, 8).time(TimeEffect.SCALE).classes(3);
  static final Training TRAINING = Training.flowMatching().batch(8).epochs(3).threads(1).seed(7);

  Blobs(int size) {
    this(size, 3);
  }

  Blobs(int size, int classes) {
    this(size, classes, List.of());
  }

  /** An image to ask a network about. */
  static float[] waves() {
    float[] waves = new float[64];
    for (int i = 0; i < waves.length; i++) {
      waves[i] = (float) Math.sin(i);
    }
    return waves;
  }

  @Override
  public int side() {
    return 8;
  }

  @Override
  public void image(int index, float[] into, int offset) {
    int row = 2 * label(index) + 1;
    Arrays.fill(into, offset, offset + 64, 0);
    Arrays.fill(into, offset + 8 * row, offset + 8 * row + 8, 1 - index % 50 * .01f);
  }

  @Override
  public int label(int index) {
    return index % 3;
  }

  @Override
  public String hash() {
    return "blobs:" + size;
  }

  @Override
  public String name() {
    return "blobs";
  }
}
