package io.github.diffusion4j.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BothEnginesTest {

  @TempDir Path folder;

  @Test
  void samplesOfBothEnginesAreEqual() {
    BothEngines.Samples samples = BothEngines.run(folder.resolve("stripes.onnx"), 4, 50);
    float[] torch = samples.torch().toArray();
    assertThat(torch).hasSize(4 * 28 * 28).doesNotContain(Float.NaN);
    assertThat(samples.onnx().toArray()).containsExactly(torch, within(1e-3f));
  }

  @Test
  void programRunsAsAModule() {
    assertThat(BothEngines.class.getModule().getName()).isEqualTo("io.github.diffusion4j.consumer");
  }
}
