package io.github.diffusion4j.train.data;

import io.github.diffusion4j.internal.Checks;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Data sets in the IDX format of MNIST, such as KMNIST and EMNIST. */
public final class Idx {

  private Idx() {}

  /**
   * Reads grey images and their labels; both files may be packed by gzip.
   *
   * <p>The SHA-256 of both files' unpacked content become part of {@link Dataset#hash()}. The
   * values stay in memory as bytes.
   *
   * @param images an IDX file of unsigned bytes {@code [N, H, W]}
   * @param labels an IDX file of unsigned bytes {@code [N]}
   * @param classes the number of classes, in [1, 256]
   * @param name the name of the data, for provenance
   * @return the images
   * @throws IllegalArgumentException if the number of classes is out of range
   * @throws io.github.diffusion4j.DiffusionException if a file is missing, truncated or not of this
   *     format, if the files do not belong together, or if a label is not below {@code classes}
   */
  public static Dataset dataset(Path images, Path labels, int classes, String name) {
    Checks.inRange(1, 256, classes, "classes");
    Objects.requireNonNull(images, "images");
    Objects.requireNonNull(labels, "labels");
    Objects.requireNonNull(name, "name");
    IdxFile imageFile = IdxFile.read(images);
    IdxFile labelFile = IdxFile.read(labels);
    String hash = hash(imageFile.contentHash(), labelFile.contentHash());
    return new IdxDataset(imageFile, labelFile, classes, List.of(), name, hash);
  }

  static String hash(String images, String labels) {
    return "sha256:" + images + "+" + labels;
  }
}
