package io.github.diffusion4j.train.data;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * Fashion-MNIST (Xiao, Rasul and Vollgraf 2017), photographs of clothes in the form of {@link
 * Mnist}: 60,000 images to train and 10,000 to test, 28×28, bright on black, labels 0 T-shirt/top,
 * 1 trouser, 2 pullover, 3 dress, 4 coat, 5 sandal, 6 shirt, 7 sneaker, 8 bag, 9 ankle boot.
 *
 * <p>The four files are known by their SHA-256. Their names are those of MNIST's, so each set needs
 * a folder of its own. Debian's package {@code dataset-fashion-mnist} has them too, in {@code
 * /usr/share/datasets/fashion-mnist}.
 */
public final class FashionMnist {

  private static final PublishedSet.Owner FASHION_MNIST =
      new PublishedSet.Owner(
          "Fashion-MNIST",
          List.of(
              "T-shirt/top",
              "Trouser",
              "Pullover",
              "Dress",
              "Coat",
              "Sandal",
              "Shirt",
              "Sneaker",
              "Bag",
              "Ankle boot"),
          "FashionMnist.train(folder)",
          List.of(
              URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
              URI.create(
                  "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/"
                      + "data/fashion/")));

  private static final PublishedSet TRAIN =
      new PublishedSet(
          FASHION_MNIST,
          "train",
          new PublishedFile(
              "train-images-idx3-ubyte",
              "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7",
              "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"),
          new PublishedFile(
              "train-labels-idx1-ubyte",
              "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056",
              "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"));

  private static final PublishedSet TEST =
      new PublishedSet(
          FASHION_MNIST,
          "test",
          new PublishedFile(
              "t10k-images-idx3-ubyte",
              "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa",
              "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"),
          new PublishedFile(
              "t10k-labels-idx1-ubyte",
              "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05",
              "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"));

  private FashionMnist() {}

  /**
   * The training images from the cache folder, downloaded before their first use.
   *
   * <p>The cache folder is {@code fashion-mnist} beside {@linkplain Mnist#train() that of MNIST}.
   *
   * @return 60,000 images
   * @throws io.github.diffusion4j.DiffusionException if no mirror gives the files or the cache
   *     folder cannot be written
   */
  public static Dataset train() {
    return TRAIN.cached();
  }

  /**
   * The test images from the cache folder, downloaded before their first use; see {@link #train()}.
   *
   * @return 10,000 images
   * @throws io.github.diffusion4j.DiffusionException if no mirror gives the files or the cache
   *     folder cannot be written
   */
  public static Dataset test() {
    return TEST.cached();
  }

  /**
   * The training images from a folder.
   *
   * @param folder the folder of {@code train-images-idx3-ubyte.gz} and {@code
   *     train-labels-idx1-ubyte.gz}, or of the unpacked files without {@code .gz}
   * @return 60,000 images
   * @throws io.github.diffusion4j.DiffusionException if a file is missing, damaged or not
   *     Fashion-MNIST's
   */
  public static Dataset train(Path folder) {
    return TRAIN.read(folder);
  }

  /**
   * The test images from a folder.
   *
   * @param folder the folder of {@code t10k-images-idx3-ubyte.gz} and {@code
   *     t10k-labels-idx1-ubyte.gz}, or of the unpacked files without {@code .gz}
   * @return 10,000 images
   * @throws io.github.diffusion4j.DiffusionException if a file is missing, damaged or not
   *     Fashion-MNIST's
   */
  public static Dataset test(Path folder) {
    return TEST.read(folder);
  }
}
