package io.github.diffusion4j.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.onnx.model.DeepFloydIf;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TwoPromptsTest {

  @Test
  void aModelFolderWithItsTokenizerRunsOnTheModulePath() {
    Path folder = Path.of("../../diffusion-onnx/src/test/resources/tiny-if");
    BufferedImage image = TwoPrompts.run(folder, 3);
    assertThat(image.getWidth()).isEqualTo(16);
    assertThat(DeepFloydIf.class.getModule().getName()).isEqualTo("io.github.diffusion4j.onnx");
  }
}
