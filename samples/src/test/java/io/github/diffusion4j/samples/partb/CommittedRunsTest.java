package io.github.diffusion4j.samples.partb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.diffusion4j.train.data.Mnist;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The records in {@code samples/runs}. */
class CommittedRunsTest {

  private static final Path RUNS = Path.of("runs");

  /** The settings that decide what is learnt, but for seed and precision. */
  private static final List<String> LEARNING =
      List.of(
          "batch",
          "epochs",
          "rate",
          "rates",
          "betas",
          "weightDecay",
          "conditioningDropout",
          "schedule",
          "prediction",
          "positions",
          "weighting");

  private static final String HASH = Mnist.train(Path.of("data/mnist")).hash();

  /** The runs whose digits the course's page shows on their way out of the noise. */
  private static final List<String> ANIMATED =
      List.of("class-conditional", "constant-rate", "ddpm", "ddpm-class-conditional");

  static List<String> names() {
    return CourseRun.ALL.stream().map(CourseRun::name).toList();
  }

  private static JsonNode settings(String name) throws IOException {
    return new ObjectMapper().readTree(RUNS.resolve(name).resolve("settings.json").toFile());
  }

  private static double loss(String name) throws IOException {
    return settings(name).get("meanLossOfLastSteps").asDouble();
  }

  @ParameterizedTest
  @MethodSource("names")
  void settingsAreThoseOfTheRunAndSayWhatTheLossesSay(String name) throws IOException {
    JsonNode settings = settings(name);
    CourseRun run = CourseRun.named(name);
    assertThat(settings.get("name").asText()).isEqualTo(name);
    assertThat(settings.get("width").asInt()).isEqualTo(run.width());
    assertThat(settings.get("epochsAsked").asInt()).isEqualTo(run.training().epochs());
    JsonNode expected = new ObjectMapper().valueToTree(run.training().settings());
    for (String setting : LEARNING) {
      assertThat(settings.get("training").get(setting)).isEqualTo(expected.get(setting));
    }
    // What the records were written with called it by another name.
    assertThat(settings.get("training").get("averaging")).isEqualTo(expected.get("ema"));
    assertThat(settings.get("data").get("hash").asText()).isEqualTo(HASH);
    assertThat(settings.get("version").asText()).matches("\\d+\\.\\d+\\.\\d+(-SNAPSHOT)?");
    assertThat(settings.get("wallSeconds").asLong()).isPositive();

    List<String> lines = Files.readAllLines(RUNS.resolve(name).resolve("loss.csv"));
    int steps = settings.get("stepsDone").asInt();
    assertThat(lines).hasSize(steps + 1).startsWith("step,loss");
    assertThat(meanOfLast200(lines)).isCloseTo(loss(name), within(1e-9));

    int each = (60_000 + run.training().batch() - 1) / run.training().batch();
    int done = settings.get("epochsDone").asInt();
    assertThat(steps).isEqualTo(done * each + settings.get("stepsOfUnfinishedEpoch").asInt());
    assertThat(settings.get("isFinished").asBoolean()).isEqualTo(done == run.training().epochs());
    List<String> pictures = new ArrayList<>(List.of("loss.png"));
    for (int epoch : run.shown()) {
      for (String end : RunPictures.captions(run.kind()).keySet()) {
        if (epoch <= done && (!end.equals(".gif") || ANIMATED.contains(name))) {
          pictures.add("epoch-%04d%s".formatted(epoch, end));
        }
      }
    }
    for (String picture : pictures) {
      Path file = RUNS.resolve(name).resolve(picture);
      assertThat(file).exists();
      assertThat(ImageIO.read(file.toFile())).as(picture).isNotNull();
    }
  }

  private static double meanOfLast200(List<String> lines) {
    int steps = lines.size() - 1;
    double sum = 0;
    for (int step = 1; step <= steps; step++) {
      String[] columns = lines.get(step).split(",", -1);
      assertThat(columns).hasSize(2).startsWith("" + step);
      sum += step > steps - 200 ? Double.parseDouble(columns[1]) : 0;
    }
    return sum / 200;
  }

  private static JsonNode measures(String name) throws IOException {
    return settings(name).get("measures");
  }

  @ParameterizedTest
  @CsvSource({
    "class-conditional, epoch-0001, epoch-0010",
    "constant-rate-1e-2, epoch-0001, epoch-0010",
    "ddpm-class-conditional, epoch-0005, epoch-0020"
  })
  void digitsAreReadAsAskedAndComeNearerToThoseOfTheTestSet(
      String name, String firstShown, String lastShown) throws IOException {
    JsonNode judged = measures(name).get("judged");
    JsonNode last = judged.get(lastShown);
    assertThat(last.get("digits").asInt()).isEqualTo(400);
    assertThat(last.get("readAsAskedAtGuidance5").asInt()).isGreaterThanOrEqualTo(396);
    assertThat(last.get("frechetDistanceAtGuidance1").asDouble())
        .isLessThan(judged.get(firstShown).get("frechetDistanceAtGuidance1").asDouble());
  }

  /** The denoiser of σ = .5 is worse the further σ is above it, and stays in the range. */
  @Test
  void denoiserIsMeasuredOutOfItsDistribution() throws IOException {
    JsonNode errors = measures("denoiser").get("meanSquaredErrorBySigma");
    List<Double> above = new ArrayList<>();
    for (String sigma : List.of("0.5", "0.6", "0.8", "1.0")) {
      above.add(errors.get(sigma).asDouble());
    }
    assertThat(above).isSorted().doesNotHaveDuplicates();
    assertThat(measures("denoiser").get("shareOfPixelsWithinATenthOfTheRange").asDouble())
        .isGreaterThan(.99);
  }

  @Test
  void lossesAreWithinTheirBounds() throws IOException {
    assertThat(loss("class-conditional")).isLessThan(.1);
    assertThat(loss("time-conditional")).isLessThan(.1);
    for (String name : List.of("denoiser", "ddpm")) {
      List<String> pytorch = Files.readAllLines(RUNS.resolve(name).resolve("pytorch-loss.csv"));
      assertThat(loss(name)).as(name).isLessThan(1.02 * meanOfLast200(pytorch));
    }
    assertThat(loss("pure-noise")).isCloseTo(.0673, within(.002));
    assertThat(measures("pure-noise").get("meanSquaredDistanceToMeanDigit").asDouble())
        .isLessThan(.002);
    assertThat(loss("constant-rate")).isLessThan(1.05 * loss("scheduled-32"));
    assertThat(loss("ddpm-class-conditional")).isLessThan(loss("ddpm")); // it is told more
  }
}
