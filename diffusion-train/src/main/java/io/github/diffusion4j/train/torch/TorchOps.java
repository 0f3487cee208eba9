package io.github.diffusion4j.train.torch;

import static org.bytedeco.pytorch.global.torch.avg_pool2d;
import static org.bytedeco.pytorch.global.torch.batch_norm;
import static org.bytedeco.pytorch.global.torch.cat;
import static org.bytedeco.pytorch.global.torch.group_norm;
import static org.bytedeco.pytorch.global.torch.scaled_dot_product_attention;
import static org.bytedeco.pytorch.global.torch.upsample_nearest2d;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Ops;
import io.github.diffusion4j.train.parameters.Sinusoids;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;

/** LibTorch computes. */
@SuppressWarnings("try") // scopes work by being open
class TorchOps implements Ops<Tensor> {

  static final double MOMENTUM = 0.1;
  static final double EPSILON = 1e-5;

  private final Map<String, Tensor> parameters;
  private final boolean training;
  private final ScalarType layers;
  private final Tape tape;

  /**
   * @param parameters the parameters by name
   * @param training whether to normalise by the batch, and to keep running statistics
   * @param layers the type that convolutions and matrix products compute in, and that their results
   *     have; normalisation sums in the parameters' type
   */
  TorchOps(Map<String, Tensor> parameters, boolean training, ScalarType layers) {
    this(parameters, training, layers, Tape.NONE);
  }

  /** The same, recorded. */
  TorchOps(Map<String, Tensor> parameters, boolean training, ScalarType layers, Tape tape) {
    this.parameters = parameters;
    this.training = training;
    this.layers = layers;
    this.tape = tape;
  }

  final Tensor get(String name) {
    Tensor t = parameters.get(name);
    if (t == null) {
      throw new IllegalStateException("no parameter " + name);
    }
    return t;
  }

  @Override
  public Tensor conv(String name, Tensor x, Conv layer) {
    return tape.cut(convolve(x, get(name + ".weight"), Optional.of(get(name + ".bias")), layer));
  }

  final Tensor cast(Tensor t) {
    return t.to(layers);
  }

  private Tensor convolve(Tensor image, Tensor kernels, Optional<Tensor> bias, Conv layer) {
    if (tape.isOn() && Winograd.suits(layer, image)) {
      Tensor y = tape.convolve(image, kernels);
      return bias.map(b -> y.add(b.view(1, layer.out(), 1, 1))).orElse(y);
    }
    return Convolution.of(layer, layers, image, kernels, bias);
  }

  @Override
  public Tensor convNorm(String name, Tensor x, Conv layer) {
    Tensor bias = get(name + ".conv.bias");
    Tensor mean = get(name + ".norm.running_mean");
    if (training) {
      // The bias has no effect on the normalised result, so only the running mean takes it. Added
      // before, since the backward pass wants the mean as batch_norm left it.
      try (AutoGradMode off = new AutoGradMode(false)) {
        mean.add_(bias, new Scalar(MOMENTUM / (1 - MOMENTUM)));
      }
    }
    Tensor y =
        convolve(
            x, get(name + ".conv.weight"), training ? Optional.empty() : Optional.of(bias), layer);
    return tape.cut(normalise(name + ".norm", y));
  }

  /** Normalises each channel over the batch in training, else by the running statistics. */
  Tensor normalise(String name, Tensor y) {
    if (training) {
      long values = y.size(0) * y.size(2) * y.size(3);
      Checks.require(
          values > 1,
          () ->
              name
                  + " normalises over batch, height and width, which must be more than one value in"
                  + " training, got "
                  + values);
    }
    return batch_norm(
        y,
        new TensorOptional(get(name + ".weight")),
        new TensorOptional(get(name + ".bias")),
        new TensorOptional(get(name + ".running_mean")),
        new TensorOptional(get(name + ".running_var")),
        training,
        MOMENTUM,
        EPSILON,
        false);
  }

  /**
   * Over contiguous rows of pixels: for channels-last images LibTorch 2.10 takes the variance as a
   * difference of two means, which loses all digits where a mean is large, and its backward pass
   * ends the process where the images need no gradient.
   */
  @Override
  public Tensor groupNorm(String name, Tensor x, int channels, int groups) {
    Tensor scale = get(name + ".weight");
    Tensor y =
        group_norm(
            x.to(scale.scalar_type()).flatten(2, 3).contiguous(),
            groups,
            new TensorOptional(scale),
            new TensorOptional(get(name + ".bias")),
            EPSILON,
            false);
    return tape.cut(
        cast(y).unflatten(2, x.size(2), x.size(3)).contiguous(MemoryFormat.ChannelsLast));
  }

  @Override
  public Tensor linear(String name, Tensor x, int in, int out) {
    return tape.cut(
        torch.linear(
            cast(x), cast(get(name + ".weight")), new TensorOptional(cast(get(name + ".bias")))));
  }

  /**
   * Images with the channels last, as they lie in memory: LibTorch 2.10 has oneDNN's faster
   * function for what is contiguous in the order of its axes.
   */
  @Override
  public Tensor gelu(Tensor x) {
    return tape.cut(
        x.dim() == 4 ? torch.gelu(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2) : torch.gelu(x));
  }

  @Override
  public Tensor silu(Tensor x) {
    return tape.cut(torch.silu(x));
  }

  @Override
  public Tensor averagePool(Tensor x, int size) {
    return tape.cut(avg_pool2d(x, size, size));
  }

  @Override
  public Tensor upsample(Tensor x, int size) {
    if (Integer.bitCount(size) == 1) {
      return tape.cut(upsample_nearest2d(x, x.size(2) * size, x.size(3) * size));
    }
    // It divides in float32, and takes some pixels of their neighbours for 41 and other sizes.
    Tensor rows = x.permute(0, 2, 3, 1).unsqueeze(2).unsqueeze(4);
    return tape.cut(
        rows.expand(x.size(0), x.size(2), size, x.size(3), size, x.size(1))
            .reshape(x.size(0), x.size(2) * size, x.size(3) * size, x.size(1))
            .permute(0, 3, 1, 2));
  }

  @Override
  public Tensor concat(Tensor a, Tensor b) {
    return tape.cut(cat(new TensorVector(a, b), 1));
  }

  @Override
  public Tensor add(Tensor a, Tensor b) {
    return tape.cut(a.add(b));
  }

  @Override
  public Tensor column(Tensor v) {
    return tape.cut(v.unsqueeze(1));
  }

  @Override
  public Tensor sinusoids(Tensor v, int features, double factor) {
    double[] frequencies = Sinusoids.frequencies(features, factor);
    Tensor row =
        torch
            .from_blob(
                new DoublePointer(frequencies),
                new long[] {frequencies.length},
                new TensorOptions(ScalarType.Double))
            .clone();
    Tensor angles = v.unsqueeze(1).mul(row.to(v.device(), v.scalar_type()));
    return tape.cut(cat(new TensorVector(angles.cos(), angles.sin()), 1));
  }

  @Override
  public Tensor tokens(Tensor x) {
    return tape.cut(x.flatten(2, 3).transpose(1, 2));
  }

  @Override
  public Tensor image(Tensor tokens, int height, int width) {
    return tape.cut(tokens.transpose(1, 2).unflatten(2, height, width));
  }

  @Override
  public Tensor attention(Tensor queries, Tensor keys, Tensor values, int heads, int features) {
    Tensor found =
        scaled_dot_product_attention(
            heads(queries, heads), heads(keys, heads), heads(values, heads));
    return tape.cut(found.transpose(1, 2).flatten(2, 3));
  }

  /** {@code [B, N, heads·F]} as {@code [B, heads, N, F]}. */
  private Tensor heads(Tensor tokens, int heads) {
    return cast(tokens).unflatten(2, heads, -1).transpose(1, 2);
  }

  @Override
  public Tensor addVector(Tensor x, Tensor v) {
    return tape.cut(x.add(v.unsqueeze(2).unsqueeze(3)));
  }

  @Override
  public Tensor multiplyVector(Tensor x, Tensor v) {
    return tape.cut(x.mul(v.unsqueeze(2).unsqueeze(3)));
  }
}
