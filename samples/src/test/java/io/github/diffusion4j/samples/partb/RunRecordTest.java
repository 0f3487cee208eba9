package io.github.diffusion4j.samples.partb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.diffusion4j.image.Png;
import io.github.diffusion4j.train.CheckpointPolicy;
import io.github.diffusion4j.train.Epoch;
import io.github.diffusion4j.train.Trainer;
import io.github.diffusion4j.train.Training;
import io.github.diffusion4j.train.TrainingStep;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.data.Mnist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunRecordTest {

  private static final Path DATA = Path.of("data/mnist");

  @TempDir Path folder;

  private JsonNode record(CourseRun run, int epochs, int steps) throws Exception {
    Dataset digits = Mnist.train(DATA).first(64);
    Training training =
        run.training()
            .batch(32)
            .epochs(epochs)
            .threads(1)
            .checkpoints(CheckpointPolicy.everyEpoch().everySteps(1).keepLast(1).keepEpochs(1));
    try (Trainer trainer = Trainer.start(run.network(1), training, digits, folder)) {
      make(trainer, steps);
    }
    Path record = folder.resolve("record");
    RunRecord.write(
        run, folder, digits, Mnist.test(DATA).first(20), record, false, Optional.empty());
    return new ObjectMapper().readTree(record.resolve("settings.json").toFile());
  }

  private static void make(Trainer trainer, int steps) {
    for (Epoch epoch : trainer) {
      for (TrainingStep step : epoch) {
        if (step.number() == steps) {
          return;
        }
      }
    }
  }

  private String[] files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("record"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toArray(String[]::new);
    }
  }

  @Test
  void unfinishedRunIsLabelledSo() throws Exception {
    JsonNode settings = record(CourseRun.named("time-conditional"), 10, 3);
    assertThat(settings.get("isFinished").asBoolean()).isFalse();
    assertThat(settings.get("epochsDone").asInt()).isEqualTo(1);
    assertThat(settings.get("epochsAsked").asInt()).isEqualTo(10);
    assertThat(settings.get("stepsDone").asInt()).isEqualTo(3);
    assertThat(settings.get("stepsOfUnfinishedEpoch").asInt()).isEqualTo(1);
    assertThat(settings.get("width").asInt()).isEqualTo(1);
    assertThat(settings.get("widthOfTheCourse").asInt()).isEqualTo(64);
    assertThat(settings.get("data").get("hash").asText()).isNotEmpty();
    assertThat(settings.get("wallSeconds").asDouble()).isBetween(0.0, 600.0);
    assertThat(files())
        .containsExactly(
            "epoch-0001.png",
            "epoch-0002-step-00000003.png",
            "loss.csv",
            "loss.png",
            "settings.json");
    assertThat(Files.readAllLines(folder.resolve("record/loss.csv")))
        .hasSize(4)
        .startsWith("step,loss");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"class-conditional", "denoiser", "pure-noise", "ddpm", "ddpm-class-conditional"})
  void finishedRunHasThePicturesOfItsEpochs(String name) throws Exception {
    JsonNode settings = record(CourseRun.named(name), 1, 2);
    assertThat(settings.get("name").asText()).isEqualTo(name);
    assertThat(settings.get("isFinished").asBoolean()).isTrue();
    assertThat(settings.get("lastSteps").asInt()).isEqualTo(2);
    assertThat(settings.get("measures").get("lossOnTestImages").asDouble()).isPositive();
    assertThat(files()).contains("epoch-0001.png", "loss.png", "settings.json");
    RunPictures.captions(CourseRun.named(name).kind()).keySet().stream()
        .filter(end -> !end.equals(".gif"))
        .forEach(end -> assertThat(folder.resolve("record/epoch-0001" + end)).exists());
    assertThat(Png.readText(folder.resolve("record/epoch-0001.png"))).isNotEmpty();
  }

  @Test
  void denoiserIsMeasuredAtEveryNoiseLevelOfTheCourse() throws Exception {
    JsonNode measures = record(CourseRun.named("denoiser"), 1, 2).get("measures");
    JsonNode errors = measures.get("meanSquaredErrorBySigma");
    assertThat(errors.size()).isEqualTo(7);
    assertThat(errors.get("0.5").asDouble()).isPositive();
    assertThat(measures.get("shareOfPixelsWithinATenthOfTheRange").asDouble()).isBetween(0.0, 1.0);
    assertThat(files())
        .contains("epoch-0001.png", "epoch-0001-sigmas.png", "epoch-0001-repeated.png");
  }

  @Test
  void digitsOfANetworkToldClassesAreJudged() throws Exception {
    CourseRun run = CourseRun.named("class-conditional");
    record(run, 1, 2);
    Dataset test = Mnist.test(DATA).first(200);
    Path judged = folder.resolve("judged");
    Optional<Path> judge = Optional.of(Path.of("models/judge.onnx"));
    RunRecord.write(run, folder, Mnist.train(DATA).first(64), test, judged, false, judge);
    JsonNode settings = new ObjectMapper().readTree(judged.resolve("settings.json").toFile());
    JsonNode verdict = settings.get("measures").get("judged").get("epoch-0001");
    assertThat(verdict.get("digits").asInt()).isEqualTo(400);
    // Two steps teach nothing: chance is 40 of 400, and the digits are far from MNIST's.
    assertThat(verdict.get("readAsAskedAtGuidance5").asInt()).isLessThan(200);
    assertThat(verdict.get("frechetDistanceAtGuidance1").asDouble()).isGreaterThan(100);
  }

  @Test
  void meanDigitIsThatOfAllDigits() {
    Dataset digits = Mnist.train(DATA);
    float[] mean = RunMeasures.mean(digits);
    double sum = 0;
    for (float value : mean) {
      sum += value / 784;
    }
    assertThat(sum).isCloseTo(.130660, within(1e-5));
  }

  @Test
  void runsAreThoseOfTheTableByName() {
    assertThat(CourseRun.names())
        .isEqualTo(
            "class-conditional, time-conditional, denoiser, pure-noise, constant-rate,"
                + " scheduled-32, constant-rate-1e-2, ddpm,"
                + " ddpm-class-conditional");
    assertThat(CourseRun.named("constant-rate").training().epochs()).isEqualTo(15);
    assertThat(CourseRun.named("constant-rate").training().optimiser().rate()).isEqualTo(3e-3);
    assertThat(CourseRun.named("constant-rate").small().training().optimiser().rate())
        .isEqualTo(3e-3);
    assertThat(CourseRun.named("denoiser").small().training().optimiser().rate()).isEqualTo(5e-3);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CourseRun.named("vae"))
        .withMessageContaining("got vae");
  }
}
