package io.github.diffusion4j.train;

import io.github.diffusion4j.train.data.Dataset;

/** A data set that gives NaN after every image was seen some number of times. */
final class Spoilt implements Dataset {

  private final Dataset data;
  private int good;
  boolean healed;

  Spoilt(Dataset data, int goodEpochs) {
    this.data = data;
    this.good = goodEpochs * data.size();
  }

  @Override
  public int size() {
    return data.size();
  }

  @Override
  public int channels() {
    return data.channels();
  }

  @Override
  public int height() {
    return data.height();
  }

  @Override
  public int width() {
    return data.width();
  }

  @Override
  public int classes() {
    return data.classes();
  }

  @Override
  public void image(int index, float[] into, int offset) {
    data.image(index, into, offset);
    if (good-- <= 0 && !healed) {
      into[offset] = Float.NaN;
    }
  }

  @Override
  public int label(int index) {
    return data.label(index);
  }

  @Override
  public String hash() {
    return data.hash();
  }

  @Override
  public String name() {
    return data.name();
  }
}
