package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.NetworkFamily;
import io.github.diffusion4j.train.net.Ops;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A network that is told what the library has no name for, and a data set that tells it. */
class OwnConditionTest {

  /** Images of one brightness, which is told by its two halves. */
  private record Tones(int size, float factor, List<Integer> shape) implements GraySquares {

    @Override
    public int side() {
      return 4;
    }

    @Override
    public int classes() {
      return 1;
    }

    private float tone(int index) {
      return index % 11 / 10f;
    }

    @Override
    public void image(int index, float[] into, int offset) {
      Arrays.fill(into, offset, offset + 16, tone(index));
    }

    @Override
    public int label(int index) {
      return 0;
    }

    @Override
    public Map<String, List<Integer>> conditions() {
      return Map.of("tone", shape);
    }

    @Override
    public void condition(String name, int index, float[] into, int offset) {
      Arrays.fill(into, offset, offset + 2, tone(index) * factor);
    }

    @Override
    public String name() {
      return "tones";
    }
  }

  /** The image through a kernel, and the tone through a matrix. */
  private record Toned() implements Network {

    @Override
    public List<Input> inputs() {
      return List.of(new Input(Input.SAMPLE, List.of(1, 4, 4)), new Input("tone", List.of(2)));
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T x = ops.conv("image", Input.of(inputs, Input.SAMPLE), Conv.same(1, 1));
      return ops.addVector(x, ops.linear("tone", Input.of(inputs, "tone"), 2, 1));
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("network", "toned");
    }
  }

  /** For checkpoints of it, which workers have. */
  public static final class TonedFamily implements NetworkFamily {

    /** For the service loader. */
    public TonedFamily() {}

    @Override
    public String name() {
      return "toned";
    }

    @Override
    public Network of(Map<String, Object> settings) {
      return new Toned();
    }
  }

  private static final Training SINGLE = Training.pureNoise().batch(1);
  private static final Tones TONES = new Tones(110, .5f, List.of(2));

  @Test
  void networkLearnsWhatItIsTold() {
    Training training = Training.pureNoise().batch(11).epochs(60).rate(1e-2).threads(1).seed(1);
    try (Trainer trainer = Trainer.start(new Toned(), training, TONES.shuffled(1))) {
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
      try (TrainedDenoiser denoiser = trainer.denoiser()) {
        Tensor noise = Tensor.zeros(Shape.images(1, 1, 4, 4));
        for (float tone : new float[] {.1f, .5f, .9f}) {
          Tensor halves = Tensor.of(Shape.of(1, 2), tone / 2, tone / 2);
          Conditioning told = Conditioning.none().global("tone", halves);
          Query query = new Query(noise, denoiser.schedule().at(1), told);
          assertThat((double) denoiser.estimate(query).clean().get(0, 0, 2, 2))
              .isCloseTo(tone, within(.05));
        }
      }
    }
  }

  private static final Training BOTH = Training.pureNoise().batch(11).epochs(2).threads(1);
  private static final int STEPS = 20;
  private static final int SAVED = 5;

  /** Some steps, and then a checkpoint, which every worker asks for. */
  static final class Told implements Team.Work {

    @Override
    public void run(Workers workers, Path folder) {
      try (Trainer trainer = Trainer.start(new Toned(), BOTH, TONES, folder, workers)) {
        for (TrainingStep step : trainer.iterator().next()) {
          System.out.println(step.loss());
          if (step.number() == SAVED) {
            trainer.save();
            return;
          }
        }
      }
    }
  }

  @Test
  void workersShareWhatIsTold(@TempDir Path folder) throws Exception {
    List<Double> expected = new ArrayList<>();
    try (Trainer trainer = Trainer.start(new Toned(), BOTH, TONES)) {
      trainer.forEach(epoch -> epoch.forEach(step -> expected.add(step.loss())));
    }
    List<Double> found = new ArrayList<>();
    try (Team team = Team.start(2, Told.class, folder)) {
      found.addAll(team.losses());
    }
    assertThat(found).hasSize(SAVED);
    try (Trainer trainer = Trainer.resume(folder, TONES)) {
      trainer.forEach(epoch -> epoch.forEach(step -> found.add(step.loss())));
    }
    assertThat(found).hasSize(STEPS);
    for (int i = 0; i < STEPS; i++) {
      assertThat(found.get(i)).as("step %d", i + 1).isCloseTo(expected.get(i), within(1e-6));
    }
  }

  private static float[] told(Training training) {
    int[] order = {3, 4, 5, 6, 7};
    return new Batches(new Toned(), training.batch(5), TONES)
        .batch(order, 0, 1)
        .conditions()
        .get("tone");
  }

  @Test
  void droppedConditionsAreZeros() {
    assertThat(told(Training.pureNoise()))
        .containsExactly(.15f, .15f, .2f, .2f, .25f, .25f, .3f, .3f, .35f, .35f);
    assertThat(told(Training.pureNoise().conditioningDropout(1))).containsOnly(0).hasSize(10);
  }

  @Test
  void conditionsArePartOfTheDigestAndCheckedAtTheStart() {
    assertThat(TONES.hash()).isNotEqualTo(new Tones(110, .5f, List.of(1, 2)).hash());
    assertThat(TONES.hash()).isNotEqualTo(new Tones(110, .4f, List.of(2)).hash());
    assertThat(TONES.hash()).isEqualTo(new Tones(110, .5f, List.of(2)).hash());
    assertThat(TONES.range(0, 20).conditions()).isEqualTo(TONES.conditions());
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Trainer.start(new Toned(), Blobs.TRAINING, new Tones(110, .5f, List.of(3))))
        .withMessageContaining("input tone has shape [2], data set tones gives [3]");
    Tones endless = new Tones(110, Float.POSITIVE_INFINITY, List.of(2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Batches(new Toned(), SINGLE, endless).batch(new int[] {3}, 0, 1))
        .withMessage("condition tone of image 3 of tones must be finite, got Infinity");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Blobs(20).condition("tone", 0, new float[2], 0))
        .withMessageContaining("conditions of data set blobs are [], got tone");
  }
}
