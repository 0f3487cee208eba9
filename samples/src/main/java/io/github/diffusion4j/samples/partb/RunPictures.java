package io.github.diffusion4j.samples.partb;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.Query;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The pictures of a run's checkpoint, as the course's page shows them. */
final class RunPictures {

  private static final int COLUMNS = 10;
  private static final int ROWS = 4;
  private static final double SCALE = 5;
  private static final List<Double> SIGMAS = List.of(0.0, 0.2, 0.4, 0.5, 0.6, 0.8, 1.0);

  /** The clean image cannot be told from the noise where there is none, so σ = 0 is nearly that. */
  private static final double LEAST_SIGMA = 1e-6;

  private RunPictures() {}

  /** Writes the pictures of a checkpoint, their names beginning with a stem. */
  static void write(
      CourseRun.Kind kind, TrainedDenoiser denoiser, Dataset test, Path record, String stem) {
    Path png = record.resolve(stem + ".png");
    switch (kind) {
      case DENOISER -> denoised(denoiser, test, png, record.resolve(stem + "-sigmas.png"));
      case PURE_NOISE -> fromPureNoise(denoiser, png);
      case DDPM ->
          drawn(
              denoiser,
              plain().steps(300).scheduler(Scheduler.ddpm(Scheduler.Variance.LARGE)),
              png);
      case TIME -> drawn(denoiser, plain(), png);
      case CLASS -> drawn(denoiser, Digits.request(Digits.rows(Digits.all(), ROWS), SCALE), png);
    }
  }

  private static Sampling plain() {
    return Sampling.fromNoise(Shape.images(ROWS * COLUMNS, 1, 28, 28));
  }

  private static void drawn(TrainedDenoiser denoiser, Sampling request, Path png) {
    Digits.draw(Sampler.of(denoiser), request, COLUMNS, png, Optional.empty());
  }

  /** Rows of digits, the same with noise, and what the network makes of them. */
  private static void denoised(TrainedDenoiser denoiser, Dataset test, Path png, Path sigmas) {
    Tensor clean = test.images(0, COLUMNS);
    Tensor noise = noise(COLUMNS);
    NoiseLevel level = level(0.5);
    Tensor noisy = level.mix(clean, noise);
    grid(List.of(clean, noisy, answer(denoiser, noisy, level)), COLUMNS, png, "sigma", "0.5");
    List<Tensor> before = new ArrayList<>();
    List<Tensor> after = new ArrayList<>();
    for (double sigma : SIGMAS) {
      Tensor seen = level(sigma).mix(test.images(0, 1), noise(1));
      before.add(seen);
      after.add(answer(denoiser, seen, level(sigma)));
    }
    before.addAll(after);
    grid(before, SIGMAS.size(), sigmas, "sigma", SIGMAS.toString());
  }

  private static NoiseLevel level(double sigma) {
    return NoiseLevel.of(1, Math.max(sigma, LEAST_SIGMA), sigma);
  }

  /** A row of noise, and a row of what the network makes of it. */
  private static void fromPureNoise(TrainedDenoiser denoiser, Path png) {
    Tensor noise = noise(COLUMNS);
    Tensor answer = answer(denoiser, noise, denoiser.schedule().at(1));
    grid(List.of(noise, answer), COLUMNS, png, "input", "noise");
  }

  private static Tensor noise(int images) {
    return Noise.perImage(0).stream(Shape.images(images, 1, 28, 28)).next();
  }

  private static Tensor answer(TrainedDenoiser denoiser, Tensor x, NoiseLevel level) {
    return denoiser.estimate(new Query(x, level, Conditioning.none())).clean();
  }

  private static void grid(List<Tensor> rows, int columns, Path png, String key, String value) {
    Png.write(
        png,
        ImageGrid.columns(columns).scale(2).draw(Tensors.concat(rows), PixelRange.UNIT),
        Map.of(key, value));
  }
}
