package io.github.diffusion4j.train.data;

import java.nio.file.Path;

/**
 * The MNIST handwritten digits (LeCun, Cortes and Burges 1998): 60,000 images to train and 10,000
 * to test, 28×28, white on black, labels 0 to 9.
 *
 * <p>The four files are known by their SHA-256; other data of the same format are read by {@link
 * Idx}.
 */
public final class Mnist {

  private static final int CLASSES = 10;

  private Mnist() {}

  /**
   * The training digits from the cache folder, downloaded before their first use.
   *
   * <p>The cache folder is {@code mnist} under the folder named by the system property {@code
   * diffusion4j.cache}, else by the environment variable {@code DIFFUSION4J_CACHE}, else under
   * {@code diffusion4j} in {@code XDG_CACHE_HOME} or {@code .cache} in the home folder.
   *
   * @return 60,000 images
   * @throws io.github.diffusion4j.DiffusionException if no mirror gives the files or the cache
   *     folder cannot be written
   */
  public static Dataset train() {
    return MnistCache.standard().train();
  }

  /**
   * The test digits from the cache folder, downloaded before their first use; see {@link #train()}.
   *
   * @return 10,000 images
   * @throws io.github.diffusion4j.DiffusionException if no mirror gives the files or the cache
   *     folder cannot be written
   */
  public static Dataset test() {
    return MnistCache.standard().test();
  }

  /**
   * The training digits from a folder.
   *
   * @param folder the folder of {@code train-images-idx3-ubyte.gz} and {@code
   *     train-labels-idx1-ubyte.gz}, or of the unpacked files without {@code .gz}
   * @return 60,000 images
   * @throws io.github.diffusion4j.DiffusionException if a file is missing, damaged or not MNIST's
   */
  public static Dataset train(Path folder) {
    return read(folder, MnistFile.TRAIN_IMAGES, MnistFile.TRAIN_LABELS, "MNIST train");
  }

  /**
   * The test digits from a folder.
   *
   * @param folder the folder of {@code t10k-images-idx3-ubyte.gz} and {@code
   *     t10k-labels-idx1-ubyte.gz}, or of the unpacked files without {@code .gz}
   * @return 10,000 images
   * @throws io.github.diffusion4j.DiffusionException if a file is missing, damaged or not MNIST's
   */
  public static Dataset test(Path folder) {
    return read(folder, MnistFile.TEST_IMAGES, MnistFile.TEST_LABELS, "MNIST test");
  }

  private static Dataset read(Path folder, MnistFile images, MnistFile labels, String name) {
    IdxFile imageFile = images.read(folder);
    IdxFile labelFile = labels.read(folder);
    String hash = Idx.hash(images.packedHash(), labels.packedHash());
    return new IdxDataset(imageFile, labelFile, CLASSES, name, hash);
  }
}
