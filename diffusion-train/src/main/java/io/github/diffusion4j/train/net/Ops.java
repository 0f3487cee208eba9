package io.github.diffusion4j.train.net;

/**
 * The operations that networks are written in.
 *
 * <p>A network is one method over {@code Ops<T>}; what it does depends on who implements the
 * operations: LibTorch runs it, the exporter writes it down as an ONNX graph, the outline counts
 * its parameters. So a network is defined once and cannot differ between training and export.
 *
 * <p>Images are {@code [B, C, H, W]}, vectors {@code [B, F]}, tokens {@code [B, N, F]}. A layer
 * with parameters carries a name, unique within the network; its tensors are called {@code
 * name.weight}, {@code name.bias} and so on, as in PyTorch.
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
   * Normalises groups of channels, each over its pixels and for each image alone (Wu and He 2018,
   * equations 1, 2, 6 and 7; ε 1e-5).
   *
   * @param name the layer's name: {@code name.weight} and {@code name.bias} are {@code [channels]}
   * @param x {@code [B, channels, H, W]}, with more than one value in a group
   * @param channels the number of channels
   * @param groups the number of groups, of which the channels are a multiple
   * @return {@code [B, channels, H, W]}
   */
  T groupNorm(String name, T x, int channels, int groups);

  /**
   * Multiplies by a matrix and adds a bias, to each token alone.
   *
   * @param name the layer's name: {@code name.weight} is {@code [out, in]}, {@code name.bias} is
   *     {@code [out]}
   * @param x {@code [B, in]} or {@code [B, N, in]}
   * @param in the number of inputs
   * @param out the number of outputs
   * @return {@code [B, out]} or {@code [B, N, out]}
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
   * The sigmoid linear unit, {@code x/(1 + e⁻ˣ)} (Hendrycks and Gimpel 2016).
   *
   * @param x any shape
   * @return the same shape
   */
  T silu(T x);

  /**
   * Averages each channel over squares that do not overlap.
   *
   * @param x {@code [B, C, H, W]}
   * @param size the side of a square
   * @return {@code [B, C, H/size, W/size]}
   */
  T averagePool(T x, int size);

  /**
   * Makes each pixel a square of its value (nearest neighbour).
   *
   * @param x {@code [B, C, H, W]}
   * @param size the side of a square
   * @return {@code [B, C, H·size, W·size]}
   */
  T upsample(T x, int size);

  /**
   * Joins along the channels, images or vectors; or tokens, one after the other.
   *
   * @param a {@code [B, C, H, W]} or {@code [B, C]}; or {@code [B, N, F]}
   * @param b {@code [B, C', H, W]} or {@code [B, C']}; or {@code [B, N', F]}
   * @return {@code [B, C + C', H, W]} or {@code [B, C + C']}; or {@code [B, N + N', F]}
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
   * Cosines and sines of a number at falling frequencies (Vaswani et al. 2017, section 3.5, cosines
   * first): with {@code h = features/2}, the {@code i}-th angle is {@code factor·v·10000^(-i/h)}.
   *
   * @param v {@code [B]}
   * @param features the number of features, even, at most 65,536
   * @param factor what the number is multiplied with; 1000 for a time in [0, 1], so that it turns
   *     as often as one of 1000 steps
   * @return {@code [B, features]}, the cosines of all angles, then their sines
   */
  T sinusoids(T v, int features, double factor);

  /**
   * The pixels of an image as tokens, row by row.
   *
   * @param x {@code [B, C, H, W]}
   * @return {@code [B, H·W, C]}
   */
  T tokens(T x);

  /**
   * Tokens as the pixels of an image, which {@link #tokens} makes tokens again.
   *
   * @param tokens {@code [B, height·width, C]}
   * @param height the image's height
   * @param width the image's width
   * @return {@code [B, C, height, width]}
   */
  T image(T tokens, int height, int width);

  /**
   * Attention of several heads, {@code softmax(q·kᵀ/√features)·v} in each (Vaswani et al. 2017,
   * section 3.2.2 and equation 1). Where keys and values are of the tokens that ask, it is
   * self-attention; where they are of others, such as those of a text, it is cross-attention.
   *
   * @param queries {@code [B, N, heads·features]}
   * @param keys {@code [B, M, heads·features]}
   * @param values {@code [B, M, heads·features]}
   * @param heads the number of heads
   * @param features the number of features of one head
   * @return {@code [B, N, heads·features]}
   */
  T attention(T queries, T keys, T values, int heads, int features);

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
