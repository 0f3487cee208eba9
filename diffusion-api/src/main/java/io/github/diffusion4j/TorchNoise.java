package io.github.diffusion4j;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The noise of PyTorch's generator, one for the batch or one for each image. */
record TorchNoise(long seed, boolean isPerImage) implements Noise {

  @Override
  public Stream stream(Shape shape) {
    if (!isPerImage) {
      return draws(seed, shape);
    }
    Shape one = shape.withBatch(1);
    List<Stream> images =
        IntStream.range(0, shape.batch()).mapToObj(image -> draws(seed + image, one)).toList();
    return () -> {
      List<Tensor> drawn = new ArrayList<>();
      images.forEach(image -> drawn.add(image.next()));
      return Tensors.concat(drawn);
    };
  }

  private static Stream draws(long seed, Shape shape) {
    TorchGenerator generator = TorchGenerator.seeded(seed);
    return () -> Tensor.wrap(shape, generator.randn(shape.elements()));
  }

  @Override
  public String toString() {
    return (isPerImage ? "torchPerImage(" : "torch(") + seed + ")";
  }
}
