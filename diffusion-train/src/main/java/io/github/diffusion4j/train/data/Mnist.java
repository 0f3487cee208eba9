package io.github.diffusion4j.train.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * The MNIST handwritten digits (LeCun, Cortes and Burges 1998): 60,000 images to train and 10,000
 * to test, 28×28, white on black, labels 0 to 9.
 *
 * <p>The four files are known by their SHA-256; other data of the same format are read by {@link
 * Idx}.
 */
public final class Mnist {

  private static final PublishedSet.Owner MNIST =
      new PublishedSet.Owner(
          "MNIST",
          List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
          "Mnist.train(folder)",
          List.of(
              URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
              URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/")));

  private static final PublishedSet TRAIN =
      new PublishedSet(
          MNIST,
          "train",
          new PublishedFile(
              "train-images-idx3-ubyte",
              "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
              "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"),
          new PublishedFile(
              "train-labels-idx1-ubyte",
              "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
              "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"));

  private static final PublishedSet TEST =
      new PublishedSet(
          MNIST,
          "test",
          new PublishedFile(
              "t10k-images-idx3-ubyte",
              "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
              "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"),
          new PublishedFile(
              "t10k-labels-idx1-ubyte",
              "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
              "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"));

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
    return TRAIN.cached();
  }

  /**
   * The test digits from the cache folder, downloaded before their first use; see {@link #train()}.
   *
   * @return 10,000 images
   * @throws io.github.diffusion4j.DiffusionException if no mirror gives the files or the cache
   *     folder cannot be written
   */
  public static Dataset test() {
    return TEST.cached();
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
    return TRAIN.read(folder);
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
    return TEST.read(folder);
  }
}
