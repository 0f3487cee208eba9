package io.github.diffusion4j.samples.partb;

import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.Noise;
import io.github.diffusion4j.NoiseLevel;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.samples.Judge;
import io.github.diffusion4j.samples.JudgedDigits;
import io.github.diffusion4j.train.TrainedDenoiser;
import io.github.diffusion4j.train.data.Dataset;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What can be measured of a run's network by images alone. */
final class RunMeasures {

  /** The noise levels of the course's figures. */
  static final List<Double> SIGMAS = List.of(0.0, 0.2, 0.4, 0.5, 0.6, 0.8, 1.0);

  private static final int IMAGES = 1000;
  private static final int BATCH = 100;
  private static final int JUDGED = 400;
  private static final int STEPS = 50;

  /** The clean image cannot be told from the noise where there is none, so σ = 0 is nearly that. */
  private static final double LEAST_SIGMA = 1e-6;

  private RunMeasures() {}

  /** The measures by name: numbers, or numbers by noise level. */
  static Map<String, Object> of(
      CourseRun.Kind kind, TrainedDenoiser denoiser, Dataset train, Dataset test) {
    Map<String, Object> measures = new LinkedHashMap<>();
    Dataset some = test.first(Math.min(IMAGES, test.size()));
    measures.put("testImages", some.size());
    measures.put("lossOnTestImages", denoiser.loss(some));
    if (kind == CourseRun.Kind.DENOISER) {
      Map<String, Double> errors = new LinkedHashMap<>();
      SIGMAS.forEach(sigma -> errors.put("" + sigma, error(denoiser, some, sigma)));
      measures.put("meanSquaredErrorBySigma", errors);
      measures.put("shareOfPixelsWithinATenthOfTheRange", shareWithin(denoiser, some));
    } else if (kind == CourseRun.Kind.PURE_NOISE) {
      Tensor answers = answer(denoiser, noise(BATCH, 0), denoiser.schedule().at(1));
      measures.put("meanSquaredDistanceToMeanDigit", squaredDistance(answers, mean(train)));
    }
    return measures;
  }

  /**
   * How many of 400 digits at guidance 5 a classifier reads as asked, and how far 400 at guidance
   * 1, which keeps their variety, are from the test digits by what it sees in them (Heusel et al.
   * 2017).
   */
  static Map<String, Object> judged(TrainedDenoiser denoiser, Path classifier, Dataset test)
      throws Exception {
    try (Judge judge = new Judge(classifier)) {
      Map<String, Object> judged = new LinkedHashMap<>();
      judged.put("digits", JUDGED);
      judged.put("readAsAskedAtGuidance5", score(denoiser, judge, 5).asAsked());
      Tensor real = JudgedDigits.features(judge, test);
      judged.put("frechetDistanceAtGuidance1", score(denoiser, judge, 1).distance(real));
      return judged;
    }
  }

  private static JudgedDigits.Score score(TrainedDenoiser denoiser, Judge judge, double guidance)
      throws Exception {
    return JudgedDigits.at(guidance)
        .score(denoiser, judge, request -> request.steps(STEPS), JUDGED, BATCH, done -> {});
  }

  static NoiseLevel level(double sigma) {
    return NoiseLevel.of(1, Math.max(sigma, LEAST_SIGMA), sigma);
  }

  static Tensor noise(int images, long seed) {
    return Noise.perImage(seed).stream(Shape.images(images, 1, 28, 28)).next();
  }

  static Tensor answer(TrainedDenoiser denoiser, Tensor x, NoiseLevel level) {
    return denoiser.estimate(new Query(x, level, Conditioning.none())).clean();
  }

  private static double error(TrainedDenoiser denoiser, Dataset images, double sigma) {
    double sum = 0;
    for (int from = 0; from < images.size(); from += BATCH) {
      Tensor clean = images.images(from, Math.min(images.size(), from + BATCH));
      int count = clean.shape().batch();
      Tensor noisy = level(sigma).mix(clean, noise(count, from));
      sum += count * squaredDistance(answer(denoiser, noisy, level(sigma)), clean.toArray());
    }
    return sum / images.size();
  }

  /** The share of pixels in [−0.1, 1.1] of images denoised at σ = 0.5. */
  private static double shareWithin(TrainedDenoiser denoiser, Dataset images) {
    Tensor clean = images.images(0, Math.min(images.size(), BATCH));
    Tensor noisy = level(.5).mix(clean, noise(clean.shape().batch(), 0));
    float[] answers = answer(denoiser, noisy, level(.5)).toArray();
    int within = 0;
    for (float value : answers) {
      within += value >= -.1f && value <= 1.1f ? 1 : 0;
    }
    return (double) within / answers.length;
  }

  /** The mean of a data set's images. */
  static float[] mean(Dataset images) {
    double[] sums = new double[images.height() * images.width()];
    float[] image = new float[sums.length];
    for (int i = 0; i < images.size(); i++) {
      images.image(i, image, 0);
      for (int k = 0; k < sums.length; k++) {
        sums[k] += image[k];
      }
    }
    for (int k = 0; k < sums.length; k++) {
      image[k] = (float) (sums[k] / images.size());
    }
    return image;
  }

  /** The mean over images of their mean squared distance to others, or to one again and again. */
  private static double squaredDistance(Tensor images, float[] others) {
    float[] values = images.toArray();
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      double difference = values[i] - others[i % others.length];
      sum += difference * difference;
    }
    return sum / values.length;
  }
}
