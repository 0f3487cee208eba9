package io.github.diffusion4j.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Scheduler;
import io.github.diffusion4j.Spacing;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.pipeline.Loop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Acceptance 40 and 42: one pipeline on graphs of other inputs and outputs, each loaded once. */
class DialectsTest {

  @TempDir Path folder;
  private ModelCopy copy;

  @BeforeEach
  void copy() throws IOException {
    copy = ModelCopy.in(folder);
  }

  private void graph(String name) throws IOException {
    Files.copy(
        Goldens.resource("/if-dialects/" + name + ".onnx"),
        folder.resolve("unet/model.onnx"),
        StandardCopyOption.REPLACE_EXISTING);
  }

  private static Tensor image(DeepFloydIf model) {
    return model.stage1().generate("a rocket ship").count(2).steps(4).seed(3).tensor();
  }

  private Tensor image() {
    try (DeepFloydIf model = DeepFloydIf.open(folder)) {
      return image(model);
    }
  }

  @ParameterizedTest
  @CsvSource({"time-int64-one, 0", "time-int32-scalar, 0", "time-float-batch, 0", "half, 0.05"})
  void everyDialectMakesTheSameImages(String name, float tolerance) throws IOException {
    float[] expected = image().toArray();
    graph(name);
    assertThat(image().toArray()).containsExactly(expected, within(tolerance));
  }

  @Test
  void aTimeInWholeNumbersIsTheNearestPosition() throws IOException {
    Loop karras = Loop.of(Spacing.karras(0.05, 20), Scheduler.ddim());
    float[] whole = image(karras);
    graph("time-float-batch");
    assertThat(difference(whole, image(karras))).isBetween(1e-6, 0.03);
  }

  /** The size of the difference as a share of the size. */
  private static double difference(float[] expected, float[] found) {
    double sum = 0;
    double whole = 0;
    for (int i = 0; i < expected.length; i++) {
      sum += Math.pow((double) found[i] - expected[i], 2);
      whole += Math.pow(expected[i], 2);
    }
    return Math.sqrt(sum / whole);
  }

  private float[] image(Loop loop) {
    try (DeepFloydIf model = DeepFloydIf.open(folder)) {
      return model.stage1().generate("a pencil").loop(loop).steps(4).tensor().toArray();
    }
  }

  @Test
  void sixChannelsAndAFixedVarianceAreSplit() throws IOException {
    copy.replace("scheduler/scheduler_config.json", "learned_range", "fixed_small");
    Tensor ofSix = image();
    copy.replace("unet/config.json", "\"out_channels\": 6", "\"out_channels\": 3");
    graph("three-channels");
    assertThat(image()).isEqualTo(ofSix);
  }

  @Test
  void aLearnedVarianceNeedsTwiceTheChannels() throws IOException {
    copy.replace("unet/config.json", "\"out_channels\": 6", "\"out_channels\": 3");
    graph("three-channels");
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(this::image)
        .withMessageContaining("unet")
        .withMessageContaining("expected 6 out_channels")
        .withMessageContaining("learned variance, found 3");
  }

  @Test
  void twoGenerationsLoadEachGraphOnce() throws IOException {
    try (DeepFloydIf model = DeepFloydIf.open(folder)) {
      copy.delete("unet");
      copy.delete("text_encoder");
      copy.delete("tokenizer");
      assertThat(image(model)).isEqualTo(image(model));
    }
  }
}
