package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How to train: the settings of a run.
 *
 * <p>A value: every method returns a changed copy. What the factories give are the settings of the
 * CS180 course ("Fun with Diffusion Models", part B) for that objective.
 */
public final class Training {

  private int batch = 64;
  private int epochs = 10;
  private double rate = 1e-2;
  private double finalRateShare = 0.1;
  private double dropout = 0.1;
  private long seed;
  private int threads;
  private boolean isDouble;
  private Objective objective;

  private Training(Objective objective) {
    this.objective = objective;
  }

  private Training(Training other) {
    batch = other.batch;
    epochs = other.epochs;
    rate = other.rate;
    finalRateShare = other.finalRateShare;
    dropout = other.dropout;
    seed = other.seed;
    threads = other.threads;
    isDouble = other.isDouble;
    objective = other.objective;
  }

  /**
   * Training with the settings of {@link #flowMatching()} and any objective.
   *
   * @param objective what the network learns
   * @return the settings
   */
  public static Training of(Objective objective) {
    return new Training(Objects.requireNonNull(objective, "objective"));
  }

  /**
   * Flow matching with the course's settings (part B 2, Fall 2025): batches of 64, 10 epochs, rate
   * 1e-2, which falls to a tenth, conditioning dropped with probability 0.1; the course's network
   * has D = 64.
   *
   * @return the settings
   */
  public static Training flowMatching() {
    return of(Objective.flowMatching());
  }

  /**
   * DDPM with the course's settings (part B 2, Fall 2024): batches of 128, 20 epochs, rate 1e-3,
   * which falls to a tenth; the course's network has D = 64.
   *
   * @param steps T, the number of noise levels, in [1, 1,000,000]; the course's is 300
   * @return the settings
   * @throws IllegalArgumentException if the number is out of range
   */
  public static Training ddpm(int steps) {
    return of(Objective.ddpm(steps)).batch(128).epochs(20).rate(1e-3);
  }

  /**
   * The single-step denoiser with the course's settings (part B 1): batches of 256, 5 epochs, a
   * constant rate of 1e-4; the course's network has D = 128 and is told nothing.
   *
   * @param sigma σ, the noise level, at least 0; the course's is 0.5
   * @return the settings
   * @throws IllegalArgumentException if the level is out of range
   */
  public static Training denoising(double sigma) {
    return partOne(Objective.denoising(sigma, sigma));
  }

  /**
   * The denoiser of pure noise with the course's settings, those of {@link #denoising} (part B
   * 1.2.3).
   *
   * @return the settings
   */
  public static Training pureNoise() {
    return partOne(Objective.pureNoise());
  }

  private static Training partOne(Objective objective) {
    return of(objective).batch(256).epochs(5).rate(1e-4).finalRateShare(1).conditioningDropout(0);
  }

  /**
   * This with another number of images in a step.
   *
   * @param batch at least 1, at most the size of the data set
   * @return the changed settings
   * @throws IllegalArgumentException if the number is below 1
   */
  public Training batch(int batch) {
    Training copy = new Training(this);
    copy.batch = Checks.atLeast(1, batch, "batch");
    return copy;
  }

  /**
   * This with another number of epochs, over which the rate falls.
   *
   * @param epochs how often every image is seen, at least 1
   * @return the changed settings
   * @throws IllegalArgumentException if the number is below 1
   */
  public Training epochs(int epochs) {
    Training copy = new Training(this);
    copy.epochs = Checks.atLeast(1, epochs, "epochs");
    return copy;
  }

  /**
   * This with another learning rate of the first epoch.
   *
   * @param rate above 0 and finite
   * @return the changed settings
   * @throws IllegalArgumentException if the rate is out of range
   */
  public Training rate(double rate) {
    Training copy = new Training(this);
    copy.rate = Checks.positive(rate, "rate");
    return copy;
  }

  /**
   * This with another end of the learning rate: after every epoch it is multiplied by {@code
   * share^(1/epochs)}, so that after the last one it is {@code share} times the first.
   *
   * @param share above 0, at most 1; 1 keeps the rate constant, 0.1 is the course's
   * @return the changed settings
   * @throws IllegalArgumentException if the share is out of range
   */
  public Training finalRateShare(double share) {
    Training copy = new Training(this);
    copy.finalRateShare = Checks.positive(share, "final share of the rate");
    Checks.require(share <= 1, () -> "final share of the rate must be in (0, 1], got " + share);
    return copy;
  }

  /**
   * This with another probability that an image's class is dropped, so that the network learns to
   * do without (Ho and Salimans 2022).
   *
   * @param probability in [0, 1]
   * @return the changed settings
   * @throws IllegalArgumentException if the probability is out of range
   */
  public Training conditioningDropout(double probability) {
    Training copy = new Training(this);
    copy.dropout = Checks.inRange(0, 1, probability, "conditioning dropout");
    return copy;
  }

  /**
   * This with another seed, which decides the first parameters, the order of the images, the noise
   * and the dropout.
   *
   * @param seed any number
   * @return the changed settings
   */
  public Training seed(long seed) {
    Training copy = new Training(this);
    copy.seed = seed;
    return copy;
  }

  /**
   * This with another number of LibTorch threads, for the whole process.
   *
   * @param threads in [1, 1024], or 0 for LibTorch's own choice; a run gives the same numbers bit
   *     for bit only with the same number of threads
   * @return the changed settings
   * @throws IllegalArgumentException if the number is out of range
   */
  public Training threads(int threads) {
    Training copy = new Training(this);
    copy.threads = Checks.inRange(0, 1024, threads, "threads");
    return copy;
  }

  /**
   * This in float64 instead of float32, for exact comparisons.
   *
   * @return the changed settings
   */
  public Training inDouble() {
    Training copy = new Training(this);
    copy.isDouble = true;
    return copy;
  }

  /**
   * This with another objective.
   *
   * @param objective what the network learns
   * @return the changed settings
   */
  public Training objective(Objective objective) {
    Training copy = new Training(this);
    copy.objective = Objects.requireNonNull(objective, "objective");
    return copy;
  }

  /** The number of images in a step. */
  public int batch() {
    return batch;
  }

  /** How often every image is seen. */
  public int epochs() {
    return epochs;
  }

  /** The learning rate of the first epoch. */
  public double rate() {
    return rate;
  }

  /** What is left of the learning rate after the last epoch. */
  public double finalRateShare() {
    return finalRateShare;
  }

  /**
   * The learning rate of an epoch.
   *
   * @param epoch from 1
   * @return the rate
   */
  public double rateOf(int epoch) {
    return rate * Math.pow(finalRateShare, (epoch - 1.0) / epochs);
  }

  /** The probability that an image's class is dropped. */
  public double conditioningDropout() {
    return dropout;
  }

  /** The seed. */
  public long seed() {
    return seed;
  }

  /** The number of LibTorch threads, 0 for LibTorch's own choice. */
  public int threads() {
    return threads;
  }

  /** Whether the run is in float64. */
  public boolean isDouble() {
    return isDouble;
  }

  /** What the network learns. */
  public Objective objective() {
    return objective;
  }

  /**
   * The settings by name, for records of a run.
   *
   * @return names and values in a fixed order
   */
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("batch", batch);
    settings.put("epochs", epochs);
    settings.put("rate", rate);
    settings.put("finalRateShare", finalRateShare);
    settings.put("conditioningDropout", dropout);
    settings.put("seed", seed);
    settings.put("threads", threads);
    settings.put("double", isDouble);
    objective.putInto(settings);
    return settings;
  }

  @Override
  public String toString() {
    return "Training" + settings();
  }
}
