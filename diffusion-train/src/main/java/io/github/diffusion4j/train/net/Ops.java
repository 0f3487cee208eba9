package io.github.diffusion4j.train.net;

/**
 * The operations that networks are written in.
 *
 * <p>A network is one method over {@code Ops<T>}; what it does depends on who implements the
 * operations: LibTorch runs it, the exporter writes it down as an ONNX graph, the outline counts
 * its parameters. So a network is defined once and cannot differ between training and export.
 *
 * <p>Images are {@code [B, C, H, W]}, vectors {@code [B, F]}. A layer with parameters carries a
 * name, unique within the network; its tensors are called {@code name.weight}, {@code name.bias}
 * and so on, as in PyTorch.
 *
 * @param <T> the implementer's tensor
 */
public interface Ops<T> {

  /**
   * Convolves.
   *
   * @param name the layer's name: {@code name.weight} is {@code [out, in, kernel, kernel]}, {@code
   *     name.bias} is {@code [out]}
   * @param x {@code [B, in, H, W]}
   * @param layer the layer's sizes
   * @return {@code [B, out, H', W']}
   */
  T conv(String name, T x, Conv layer);

  /**
   * Convolves and normalises each channel over the batch (Ioffe and Szegedy 2015; momentum 0.1, ε
   * 1e-5). One operation, because the bias before a batch normalisation has no effect on its result
   * in training and an implementer may leave it out of the sum there.
   *
   * @param name the convolution is {@code name.conv}, the normalisation {@code name.norm} with
   *     {@code weight}, {@code bias}, {@code running_mean} and {@code running_var}, each {@code
   *     [out]}
   * @param x {@code [B, in, H, W]}
   * @param layer the convolution's sizes
   * @return {@code [B, out, H', W']}
   */
  T convNorm(String name, T x, Conv layer);

  /**
   * Multiplies by a matrix and adds a bias.
   *
   * @param name the layer's name: {@code name.weight} is {@code [out, in]}, {@code name.bias} is
   *     {@code [out]}
   * @param x {@code [B, in]}
   * @param in the number of inputs
   * @param out the number of outputs
   * @return {@code [B, out]}
   */
  T linear(String name, T x, int in, int out);

  /**
   * The Gaussian error linear unit in its exact form, {@code x·Φ(x)} (Hendrycks and Gimpel 2016).
   *
   * @param x any shape
   * @return the same shape
   */
  T gelu(T x);

  /**
   * Averages each channel over squares that do not overlap.
   *
   * @param x {@code [B, C, H, W]}
   * @param size the side of a square
   * @return {@code [B, C, H/size, W/size]}
   */
  T averagePool(T x, int size);

  /**
   * Joins along the channels, images or vectors.
   *
   * @param a {@code [B, C, H, W]} or {@code [B, C]}
   * @param b {@code [B, C', H, W]} or {@code [B, C']}
   * @return {@code [B, C + C', H, W]} or {@code [B, C + C']}
   */
  T concat(T a, T b);

  /**
   * Adds, as a residual connection does (He et al. 2016, equation 1).
   *
   * @param a any shape
   * @param b the same shape
   * @return the same shape
   */
  T add(T a, T b);

  /**
   * Makes a column of one number an image.
   *
   * @param v {@code [B]}
   * @return {@code [B, 1]}
   */
  T column(T v);

  /**
   * Adds a vector to every pixel.
   *
   * @param x {@code [B, C, H, W]}
   * @param v {@code [B, C]}
   * @return {@code [B, C, H, W]}
   */
  T addVector(T x, T v);

  /**
   * Multiplies every pixel by a vector, channel by channel.
   *
   * @param x {@code [B, C, H, W]}
   * @param v {@code [B, C]}
   * @return {@code [B, C, H, W]}
   */
  T multiplyVector(T x, T v);
}
