package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Generator;
import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Makes what a network takes into tensors, to be called within a scope.
 *
 * @param network the network
 * @param compute what they are computed with, and where
 */
record Feed(Network network, Compute compute) {

  /** The inputs of a prediction. */
  Map<String, Tensor> inputs(Map<String, float[]> values, long batch) {
    Map<String, Tensor> inputs = new TreeMap<>();
    values.forEach((name, array) -> inputs.put(name, tensor(array, shape(name, batch))));
    inputs.computeIfPresent(Input.SAMPLE, (name, x) -> withChannelsLast(x));
    return inputs;
  }

  /**
   * What is asked in training: {@code a·clean + s·ε}, to be answered {@code c₀·clean + c₁·ε}.
   *
   * @param batch clean images and what belongs to each
   * @param noiseSeeds the seed of ε, or one for each image
   */
  Question question(Batch batch, long... noiseSeeds) {
    long[] shape = shape(Input.SAMPLE, batch.shape()[0]);
    Tensor clean = tensor(batch.images(), shape);
    Tensor noise = compute.place(noise(shape, noiseSeeds));
    Tensor x = mix(batch.signal(), clean, batch.noise(), noise);
    Map<String, Tensor> inputs = inputs(batch.conditions(), shape[0]);
    inputs.put(Input.SAMPLE, withChannelsLast(x));
    float[] weights = batch.weights();
    return new Question(
        inputs,
        mix(batch.cleanFactor(), clean, batch.noiseFactor(), noise),
        weights.length == 0
            ? Optional.empty()
            : Optional.of(tensor(weights, weights.length, 1, 1, 1)));
  }

  private static Tensor noise(long[] shape, long[] seeds) {
    if (seeds.length > 1) {
      long[] one = shape.clone();
      one[0] = 1;
      TensorVector each = new TensorVector();
      LongStream.of(seeds).forEach(seed -> each.push_back(noise(one, new long[] {seed})));
      return torch.cat(each);
    }
    Generator generator = torch.createCPUGenerator(seeds[0]);
    return torch.randn(
        shape, new GeneratorOptional(generator), new TensorOptions(ScalarType.Float));
  }

  private long[] shape(String input, long batch) {
    List<Integer> each =
        network.inputs().stream()
            .filter(i -> i.name().equals(input))
            .findFirst()
            .orElseThrow()
            .shape();
    long[] shape = new long[each.size() + 1];
    shape[0] = batch;
    for (int i = 0; i < each.size(); i++) {
      shape[i + 1] = each.get(i);
    }
    return shape;
  }

  /** LibTorch reads as many values as the shape has, whether or not they are there. */
  private Tensor tensor(float[] values, long... shape) {
    long expected = LongStream.of(shape).reduce(1, (a, b) -> a * b);
    Checks.require(
        values.length == expected,
        () ->
            "network and data must keep their sizes: expected "
                + expected
                + " values for shape "
                + Arrays.toString(shape)
                + ", got "
                + values.length);
    Tensor source =
        torch.from_blob(new FloatPointer(values), shape, new TensorOptions(ScalarType.Float));
    return compute.place(source.clone());
  }

  private Tensor mix(float[] a, Tensor clean, float[] b, Tensor noise) {
    return tensor(a, a.length, 1, 1, 1).mul(clean).add(tensor(b, b.length, 1, 1, 1).mul(noise));
  }

  /** The strides of channels-last, which {@code contiguous} does not give a single channel. */
  private static Tensor withChannelsLast(Tensor x) {
    long c = x.size(1);
    long h = x.size(2);
    long w = x.size(3);
    if (c == 1) {
      return torch.as_strided(x, new long[] {x.size(0), 1, h, w}, h * w, 1, w, 1);
    }
    return x.contiguous(torch.MemoryFormat.ChannelsLast);
  }
}
