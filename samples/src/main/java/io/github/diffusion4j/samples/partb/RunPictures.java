package io.github.diffusion4j.samples.partb;

import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.Sampler;
import io.github.diffusion4j.Sampling;
import io.github.diffusion4j.Scheduler;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.Tensors;
import io.github.diffusion4j.image.ImageGrid;
import io.github.diffusion4j.image.PixelRange;
import io.github.diffusion4j.image.Png;
import io.github.diffusion4j.samples.Digits;
import io.github.diffusion4j.train.TrainedDenoiser;
import io.github.diffusion4j.train.data.Dataset;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pictures of a run's checkpoint, as the course's page shows them. */
final class RunPictures {

  private static final int COLUMNS = 10;
  private static final int ROWS = 4;
  private static final double SCALE = 5;

  /** How often the denoiser is applied to what it made of noise. */
  private static final int REPEATS = 6;

  private RunPictures() {}

  /** What the pictures of a kind of run show, by the ends of their files' names. */
  static Map<String, String> captions(CourseRun.Kind kind) {
    Map<String, String> captions = new LinkedHashMap<>();
    switch (kind) {
      case DENOISER -> {
        captions.put(".png", "test digits, the same with noise of σ = 0.5, denoised");
        captions.put(
            "-sigmas.png",
            "out of distribution: a test digit with noise of σ = 0, .2, .4, .5, .6, .8, 1; denoised");
        captions.put(
            "-repeated.png",
            "pure noise, and the denoiser of σ = 0.5 applied to it once, twice, and so on");
      }
      case PURE_NOISE ->
          captions.put(
              ".png",
              "pure noise, what it makes of it, and the mean of the digits it was trained on");
      case DDPM, TIME -> {
        captions.put(".png", "samples");
        captions.put(".gif", "the same on their way out of the noise");
      }
      case CLASS, DDPM_CLASS -> {
        captions.put(".png", "four of each digit by classifier-free guidance of scale 5");
        captions.put(".gif", "the same on their way out of the noise");
      }
    }
    return captions;
  }

  /** Test digits with noise of each level. */
  static void noising(Dataset test, Path png) {
    Tensor clean = test.images(0, COLUMNS);
    Tensor noise = RunMeasures.noise(COLUMNS, 0);
    List<Tensor> rows = new ArrayList<>();
    RunMeasures.SIGMAS.forEach(sigma -> rows.add(RunMeasures.level(sigma).mix(clean, noise)));
    grid(rows, COLUMNS, png, "sigma", RunMeasures.SIGMAS.toString());
  }

  /** Writes the pictures of a checkpoint, their names beginning with a stem. */
  static void write(
      CourseRun.Kind kind,
      TrainedDenoiser denoiser,
      Dataset train,
      Dataset test,
      Path record,
      String stem,
      boolean isAnimated) {
    Path png = record.resolve(stem + ".png");
    Optional<Path> gif = isAnimated ? Optional.of(record.resolve(stem + ".gif")) : Optional.empty();
    switch (kind) {
      case DENOISER -> {
        denoised(denoiser, test, png, record.resolve(stem + "-sigmas.png"));
        repeated(denoiser, record.resolve(stem + "-repeated.png"));
      }
      case PURE_NOISE -> fromPureNoise(denoiser, train, png);
      case DDPM -> drawn(denoiser, ancestral(plain()), png, gif);
      case DDPM_CLASS -> drawn(denoiser, ancestral(told()), png, gif);
      case TIME -> drawn(denoiser, plain(), png, gif);
      case CLASS -> drawn(denoiser, told(), png, gif);
    }
  }

  private static Sampling plain() {
    return Sampling.fromNoise(Shape.images(ROWS * COLUMNS, 1, 28, 28));
  }

  private static Sampling told() {
    return Digits.request(Digits.rows(Digits.all(), ROWS), SCALE);
  }

  /** All steps of the course's DDPM of Fall 2024. */
  private static Sampling ancestral(Sampling request) {
    return request.steps(300).scheduler(Scheduler.ddpm(Scheduler.Variance.LARGE));
  }

  private static void drawn(
      TrainedDenoiser denoiser, Sampling request, Path png, Optional<Path> gif) {
    Digits.draw(Sampler.of(denoiser), request, COLUMNS, png, gif);
  }

  /** Rows of digits, the same with noise, and what the network makes of them. */
  private static void denoised(TrainedDenoiser denoiser, Dataset test, Path png, Path sigmas) {
    Tensor clean = test.images(0, COLUMNS);
    Tensor noise = RunMeasures.noise(COLUMNS, 0);
    NoiseLevel level = RunMeasures.level(0.5);
    Tensor noisy = level.mix(clean, noise);
    grid(
        List.of(clean, noisy, RunMeasures.answer(denoiser, noisy, level)),
        COLUMNS,
        png,
        "sigma",
        "0.5");
    List<Tensor> before = new ArrayList<>();
    List<Tensor> after = new ArrayList<>();
    for (double sigma : RunMeasures.SIGMAS) {
      Tensor seen = RunMeasures.level(sigma).mix(test.images(0, 1), RunMeasures.noise(1, 0));
      before.add(seen);
      after.add(RunMeasures.answer(denoiser, seen, RunMeasures.level(sigma)));
    }
    before.addAll(after);
    grid(before, RunMeasures.SIGMAS.size(), sigmas, "sigma", RunMeasures.SIGMAS.toString());
  }

  /** A row of noise, and rows of what the network makes of the row before. */
  private static void repeated(TrainedDenoiser denoiser, Path png) {
    List<Tensor> rows = new ArrayList<>();
    rows.add(RunMeasures.noise(COLUMNS, 0));
    for (int i = 0; i < REPEATS; i++) {
      rows.add(RunMeasures.answer(denoiser, rows.get(i), RunMeasures.level(0.5)));
    }
    grid(rows, COLUMNS, png, "applied", "0 to " + REPEATS + " times");
  }

  /** A row of noise, a row of what the network makes of it, and the mean of all digits. */
  private static void fromPureNoise(TrainedDenoiser denoiser, Dataset train, Path png) {
    Tensor noise = RunMeasures.noise(COLUMNS, 0);
    Tensor answer = RunMeasures.answer(denoiser, noise, denoiser.schedule().at(1));
    Tensor mean = Tensor.of(Shape.images(1, 1, 28, 28), RunMeasures.mean(train));
    grid(List.of(noise, answer, mean), COLUMNS, png, "input", "noise");
  }

  private static void grid(List<Tensor> rows, int columns, Path png, String key, String value) {
    Png.write(
        png,
        ImageGrid.columns(columns).scale(2).draw(Tensors.concat(rows), PixelRange.UNIT),
        Map.of(key, value));
  }
}
