package io.github.diffusion4j.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.diffusion4j.Frame;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.View;
import io.github.diffusion4j.onnx.text.PromptEmbeddings;
import io.github.diffusion4j.onnx.text.TextEncoder;
import io.github.diffusion4j.onnx.text.Tokenizer;
import io.github.diffusion4j.pipeline.Loop;
import io.github.diffusion4j.pipeline.Request;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Uses of a whole model. */
class DeepFloydIfTest {

  private static final String CAMPFIRE = "an oil painting of people around a campfire";
  private static final String SKULL = "a lithograph of a skull";

  @RegisterExtension private static final TinyModel TINY = new TinyModel();

  private static Request<String> campfire() {
    return TINY.get().stage1().generate(CAMPFIRE).steps(4);
  }

  @Test
  void bothLoopsMakeTheStepsThatTheyShould() {
    List<Frame> course = new ArrayList<>();
    campfire().loop(Loop.course()).guidance(1).steps(33).frames().forEach(course::add);
    assertThat(course).hasSize(33);
    assertThat(course.get(32).level().noise()).isPositive();
    List<Frame> theFolders = new ArrayList<>();
    campfire().steps(34).frames().forEach(theFolders::add);
    assertThat(theFolders).hasSize(34);
    assertThat(theFolders.get(33).level().noise()).isZero();
  }

  @Test
  void imagesOfABatchAreThoseOfTheirOwnSeeds() {
    Tensor batch = campfire().count(3).seed(5).tensor();
    for (int i = 0; i < 3; i++) {
      float[] alone = campfire().seed(5 + i).tensor().toArray();
      float[] together = batch.images(i, i + 1).toArray();
      for (int k = 0; k < alone.length; k++) {
        assertThat(together[k]).isCloseTo(alone[k], org.assertj.core.api.Assertions.within(1e-5f));
      }
    }
    assertThat(campfire().count(3).seed(5).tensor()).isEqualTo(batch);
  }

  @Test
  void promptsOfABatchAreThoseOfTheirImages() {
    Tensor both = TINY.get().stage1().generate(List.of(CAMPFIRE, SKULL)).steps(4).seed(1).tensor();
    Tensor second = TINY.get().stage1().generate(SKULL).steps(4).seed(2).tensor();
    float[] expected = second.toArray();
    float[] found = both.images(1, 2).toArray();
    for (int k = 0; k < expected.length; k++) {
      assertThat(found[k]).isCloseTo(expected[k], org.assertj.core.api.Assertions.within(1e-5f));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> TINY.get().stage1().generate(List.of(CAMPFIRE, SKULL)).count(3).steps(2).tensor())
        .withMessageContaining("one for each of 3, got 2");
  }

  @Test
  void eightThreadsOfAHundredGenerationsGiveTheResultsOfOne() throws Exception {
    List<Tensor> expected =
        IntStream.range(0, 100).mapToObj(seed -> campfire().seed(seed).tensor()).toList();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<List<Tensor>>> found = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        int first = 13 * thread;
        found.add(
            threads.submit(
                () ->
                    IntStream.range(first, first + 100)
                        .mapToObj(i -> campfire().seed(i % 100).tensor())
                        .toList()));
      }
      for (int thread = 0; thread < 8; thread++) {
        List<Tensor> images = found.get(thread).get();
        for (int i = 0; i < 100; i++) {
          assertThat(images.get(i)).isEqualTo(expected.get((13 * thread + i) % 100));
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aCascadeEnlargesAnagramsToo() {
    Tensor small =
        TINY.get().stage1().anagram(CAMPFIRE, View.flip(), SKULL).steps(3).seed(42).tensor();
    List<Frame> frames = new ArrayList<>();
    Tensor large =
        TINY.get()
            .stage2(small, 50)
            .anagram(CAMPFIRE, View.flip(), SKULL)
            .steps(3)
            .onFrame(frames::add)
            .tensor();
    assertThat(large.shape()).isEqualTo(Shape.images(1, 3, 32, 32));
    assertThat(large.isFinite()).isTrue();
    assertThat(frames).hasSize(3);
  }

  @Test
  void aBatchOfSmallImagesIsEnlargedWhole() {
    Tensor small = TINY.get().stage1().generate(SKULL).steps(2).count(2).tensor();
    assertThat(TINY.get().stage2(small).generate(SKULL).steps(2).tensor().shape())
        .isEqualTo(Shape.images(2, 3, 32, 32));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> TINY.get().stage2(small).size(8, 8).generate(SKULL).steps(2).tensor())
        .withMessageContaining("no larger and of the same proportions, got [2, 3, 16, 16]");
  }

  @Test
  void theNoiseOfTheSmallImageIsTheSecondDraw() {
    Tensor small = Tensor.zeros(Shape.images(1, 3, 16, 16));
    Request<String> request = TINY.get().stage2(small).generate(SKULL).noise(Noise.torch(3));
    Noise.Stream expected = Noise.torch(3).stream(Shape.images(1, 3, 32, 32));
    Noise.Stream found = request.sampling().noise().stream(Shape.images(1, 3, 32, 32));
    assertThat(found.next()).isEqualTo(expected.next());
    assertThat(expected.next()).isNotNull();
    assertThat(found.next()).isEqualTo(expected.next());
  }

  @Test
  void halfPrecisionModelsRunWithEmbeddingsOfAnotherEncoder() {
    Path texts = Goldens.models().resolve("tiny-if/stage1");
    try (Tokenizer tokenizer = Tokenizer.t5(texts.resolve("tokenizer")).lowerCase();
        TextEncoder encoder = TextEncoder.open(texts.resolve("text_encoder"), tokenizer);
        DeepFloydIf half =
            DeepFloydIf.builder(Goldens.resource("/if-half"))
                .embeddings(encoder)
                .threads(1)
                .open()) {
      Tensor small = half.stage1().generate(SKULL).steps(2).tensor();
      assertThat(small.isFinite()).isTrue();
      Tensor large = half.stage2(small).generate(SKULL).steps(2).tensor();
      assertThat(large.isFinite()).isTrue();
      assertThat(half.embeddings()).isSameAs(encoder);
    }
  }

  @Test
  void settingsSayAllThatIsNeededToMakeAnImageAgain() {
    Map<String, String> settings =
        TINY.get()
            .stage1()
            .anagram(CAMPFIRE, View.patches(8, 3), SKULL)
            .negative("blurry")
            .guidance(9)
            .steps(20)
            .seed(7)
            .settings();
    assertThat(settings.get("loop"))
        .contains("DDPMScheduler", "thresholded(0.95, 1.5)", "timestep_spacing=leading")
        .contains("beta_schedule=squaredcos_cap_v2", "ddpm(LEARNED, noisy end)");
    assertThat(settings)
        .containsEntry("technique", "anagram")
        .containsEntry("prompt 1", CAMPFIRE + " (identity)")
        .containsEntry("prompt 2", SKULL + " (patches(8, 3))")
        .containsEntry("negative", "blurry")
        .containsEntry("guidance", "9.0")
        .containsEntry("steps", "20")
        .containsEntry("noise", "perImage(7)");
  }

  @Test
  void closedModelsAndMissingStagesAreNotUsed() {
    PromptEmbeddings embeddings = TINY.get().embeddings();
    DeepFloydIf second =
        DeepFloydIf.builder(Goldens.models().resolve("tiny-if/stage2"))
            .embeddings(embeddings)
            .open();
    assertThatIllegalStateException()
        .isThrownBy(second::stage1)
        .withMessageContaining("no stage I");
    Request<String> request =
        second.stage2(Tensor.zeros(Shape.images(1, 3, 16, 16))).generate(SKULL).steps(2);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> second.stage2(Tensor.zeros(Shape.images(1, 3, 16, 16)), 1000))
        .withMessageContaining("[0, 999], got 1000");
    second.close();
    second.close();
    assertThatIllegalStateException().isThrownBy(request::tensor).withMessageContaining("closed");
  }
}
