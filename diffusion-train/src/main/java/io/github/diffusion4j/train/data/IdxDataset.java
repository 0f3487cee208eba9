package io.github.diffusion4j.train.data;

import io.github.diffusion4j.internal.Checks;
import java.util.List;

/** Images and labels held as the bytes of two IDX files. */
final class IdxDataset implements Dataset {

  private final IdxFile images;
  private final IdxFile labels;
  private final int classes;
  private final String name;
  private final String hash;
  private final List<String> classNames;

  IdxDataset(
      IdxFile images,
      IdxFile labels,
      int classes,
      List<String> classNames,
      String name,
      String hash) {
    images.requireRank(3, "images");
    labels.requireRank(1, "labels");
    if (images.size(0) != labels.size(0)) {
      throw labels.bad(
          images.size(0) + " labels, one for each image of " + images.path(),
          labels.size(0) + " labels");
    }
    for (int i = 0; i < labels.size(0); i++) {
      if (labels.value(i) >= classes) {
        throw labels.bad(
            "labels in [0, " + classes + ")", "label " + labels.value(i) + " at index " + i);
      }
    }
    this.images = images;
    this.labels = labels;
    this.classes = classes;
    this.classNames = classNames;
    this.name = name;
    this.hash = hash;
  }

  @Override
  public int size() {
    return images.size(0);
  }

  @Override
  public int channels() {
    return 1;
  }

  @Override
  public int height() {
    return images.size(1);
  }

  @Override
  public int width() {
    return images.size(2);
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public void image(int index, float[] into, int offset) {
    int pixels = height() * width();
    Levels.copy(images.values(), checked(index) * pixels, pixels, into, offset);
  }

  @Override
  public int label(int index) {
    return labels.value(checked(index));
  }

  @Override
  public String hash() {
    return hash;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String toString() {
    return name + ": " + size() + " images of " + height() + "×" + width();
  }

  private int checked(int index) {
    return Checks.inRange(0, size() - 1, index, "image index");
  }
}
