package io.github.diffusion4j.consumer;

import io.github.diffusion4j.View;
import io.github.diffusion4j.onnx.model.DeepFloydIf;
import java.awt.image.BufferedImage;
import java.nio.file.Path;

/** One image of two prompts, by a model folder. */
public final class TwoPrompts {

  private TwoPrompts() {}

  /**
   * Makes a visual anagram.
   *
   * @param folder a model with a text encoder
   * @param steps the number of steps
   * @return the image
   */
  public static BufferedImage run(Path folder, int steps) {
    try (DeepFloydIf model = DeepFloydIf.open(folder)) {
      return model.stage1().anagram("a dog", View.flip(), "a cat").steps(steps).seed(42).image();
    }
  }
}
