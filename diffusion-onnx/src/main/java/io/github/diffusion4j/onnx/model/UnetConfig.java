package io.github.diffusion4j.onnx.model;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.onnx.GraphTensor;
import io.github.diffusion4j.onnx.OnnxDenoiser;
import java.nio.file.Path;

/**
 * What a {@code unet/config.json} says of the network.
 *
 * @param file the file
 * @param inChannels the channels of the image input
 * @param outChannels the channels of the output
 * @param size the length of an image's sides
 */
record UnetConfig(Path file, int inChannels, int outChannels, int size) {

  private static final int MOST = 8192;

  static UnetConfig read(Path file) {
    JsonObject json = JsonObject.read(file);
    UnetConfig config =
        new UnetConfig(
            file, json.whole("in_channels"), json.whole("out_channels"), json.whole("sample_size"));
    if (config.inChannels < 1
        || config.inChannels > MOST
        || config.outChannels < 1
        || config.size < 1
        || config.size > MOST) {
      throw new DiffusionException(
          file + ": expected channels and size in [1, " + MOST + "], found " + config);
    }
    return config;
  }

  /** Whether the network is told a small image to enlarge by further channels. */
  boolean isEnlarging() {
    return inChannels == 6;
  }

  /** The shape of one image. */
  Shape image() {
    return Shape.images(1, isEnlarging() ? inChannels / 2 : inChannels, size, size);
  }

  /** Checks that the graph is the one of this file. */
  void check(OnnxDenoiser model, boolean needsVariance) {
    check("input " + model.image().name(), model.image(), inChannels);
    check("output " + model.output().name(), model.output(), outChannels);
    if (needsVariance && outChannels != 2 * image().size(1)) {
      throw new DiffusionException(
          file
              + ": expected "
              + 2 * image().size(1)
              + " out_channels for the scheduler's learned variance, found "
              + outChannels);
    }
  }

  private void check(String what, GraphTensor tensor, int channels) {
    int found = tensor.sizes().get(1);
    if (found != GraphTensor.ANY && found != channels) {
      throw new DiffusionException(
          file
              + ": expected the graph's "
              + what
              + " to have "
              + channels
              + " channels, found "
              + found);
    }
  }
}
