package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * How to train: the settings of a run.
 *
 * <p>A value: every method returns a changed copy. What the factories give are the settings of the
 * CS180 course ("Fun with Diffusion Models", part B) for that objective.
 */
public final class Training implements Cloneable {

  private int batch = 64;
  private int epochs = 10;
  private int patience;
  private Optimiser optimiser = Optimiser.adam(1e-2).rates(RateSchedule.exponential(0.1));
  private double dropout = 0.1;
  private long seed;
  private int threads;
  private Precision precision = Precision.FLOAT32;
  private Device device = Device.CPU;
  private CheckpointPolicy checkpoints = CheckpointPolicy.everyEpoch();
  private Objective objective;

  private Training(Objective objective) {
    this.objective = objective;
  }

  private Training with(Consumer<Training> change) {
    try {
      Training copy = (Training) clone();
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError("it is cloneable", e);
    }
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
   * 1e-2, which falls to a tenth, conditioning dropped with probability 0.1.
   *
   * @return the settings
   */
  public static Training flowMatching() {
    return of(Objective.flowMatching());
  }

  /**
   * DDPM with the course's settings (part B 2, Fall 2024): batches of 128, 20 epochs, rate 1e-3,
   * which falls to a tenth.
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
   * constant rate of 1e-4.
   *
   * @param sigma σ, the noise level, at least 0; the course's is 0.5
   * @return the settings
   * @throws IllegalArgumentException if the level is out of range
   */
  public static Training denoising(double sigma) {
    return of(Objective.denoising(sigma, sigma))
        .batch(256)
        .epochs(5)
        .optimiser(Optimiser.adam(1e-4))
        .conditioningDropout(0);
  }

  /** The denoiser of pure noise with the settings of {@link #denoising} (part B 1.2.3). */
  public static Training pureNoise() {
    return denoising(0).objective(Objective.pureNoise());
  }

  /**
   * This with another number of images in a step.
   *
   * @param batch at least 1, at most the size of the data set
   * @return the changed settings
   * @throws IllegalArgumentException if the number is below 1
   */
  public Training batch(int batch) {
    return with(copy -> copy.batch = Checks.atLeast(1, batch, "batch"));
  }

  /**
   * This with another number of epochs, over which the rates take their course.
   *
   * @param epochs how often every image is seen, at least 1
   * @return the changed settings
   * @throws IllegalArgumentException if the number is below 1
   */
  public Training epochs(int epochs) {
    return with(copy -> copy.epochs = Checks.atLeast(1, epochs, "epochs"));
  }

  /**
   * This with an early end: when the last epochs were no better than the best one before them, by
   * {@link Epoch#validationLoss}. Rates take their course over all epochs whether or not.
   *
   * @param epochs at least 1; 0 for none, as where it is not named
   * @return the changed settings
   * @throws IllegalArgumentException if the number is below 0
   */
  public Training patience(int epochs) {
    return with(copy -> copy.patience = Checks.atLeast(0, epochs, "patience"));
  }

  /**
   * This with another optimiser, which moves the parameters.
   *
   * @param optimiser the optimiser
   * @return the changed settings
   */
  public Training optimiser(Optimiser optimiser) {
    return with(copy -> copy.optimiser = Objects.requireNonNull(optimiser, "optimiser"));
  }

  /**
   * This with another learning rate: short for {@code optimiser(optimiser().rate(rate))}.
   *
   * @param rate above 0 and finite
   * @return the changed settings
   * @throws IllegalArgumentException if the rate is out of range
   */
  public Training rate(double rate) {
    return optimiser(optimiser.rate(rate));
  }

  /**
   * This with another course of the rate: short for {@code optimiser(optimiser().rates(rates))}.
   *
   * @param rates how the rate changes over the run
   * @return the changed settings
   */
  public Training rates(RateSchedule rates) {
    return optimiser(optimiser.rates(rates));
  }

  /**
   * This with another probability that an image's class, text and other conditions are dropped, all
   * at once, so that the network learns to do without (Ho and Salimans 2022).
   *
   * @param probability in [0, 1]
   * @return the changed settings
   * @throws IllegalArgumentException if the probability is out of range
   */
  public Training conditioningDropout(double probability) {
    return with(copy -> copy.dropout = Checks.inRange(0, 1, probability, "conditioning dropout"));
  }

  /**
   * This with another seed, which decides the first parameters, the order of the images, the noise
   * and the dropout.
   *
   * @param seed any number
   * @return the changed settings
   */
  public Training seed(long seed) {
    return with(copy -> copy.seed = seed);
  }

  /**
   * This with another number of LibTorch threads, whatever thread of the program makes the steps. A
   * run gives the same numbers bit for bit only with the same number.
   *
   * @param threads in [1, 1024], or 0 to leave it as it is, which is LibTorch's choice at first
   * @return the changed settings
   * @throws IllegalArgumentException if the number is out of range
   */
  public Training threads(int threads) {
    return with(copy -> copy.threads = Checks.inRange(0, 1024, threads, "threads"));
  }

  /**
   * This in another precision.
   *
   * @param precision the number format; {@link Precision#FLOAT32} if none is named
   * @return the changed settings
   */
  public Training precision(Precision precision) {
    return with(copy -> copy.precision = Objects.requireNonNull(precision, "precision"));
  }

  /**
   * This on another device. The draws of a run are the same on every device, the sums are rounded
   * differently.
   *
   * @param device where to compute; {@link Device#CPU} if none is named
   * @return the changed settings
   */
  public Training device(Device device) {
    return with(copy -> copy.device = Objects.requireNonNull(device, "device"));
  }

  /**
   * This with other checkpoints.
   *
   * @param checkpoints when a run with a folder writes them, and which it keeps
   * @return the changed settings
   */
  public Training checkpoints(CheckpointPolicy checkpoints) {
    return with(copy -> copy.checkpoints = Objects.requireNonNull(checkpoints, "checkpoints"));
  }

  /**
   * This with another objective.
   *
   * @param objective what the network learns
   * @return the changed settings
   */
  public Training objective(Objective objective) {
    return with(copy -> copy.objective = Objects.requireNonNull(objective, "objective"));
  }

  /** The number of images in a step. */
  public int batch() {
    return batch;
  }

  /** How often every image is seen. */
  public int epochs() {
    return epochs;
  }

  /** After how many epochs that are no better the run ends early, 0 if it does not. */
  public int patience() {
    return patience;
  }

  /** How the parameters move. */
  public Optimiser optimiser() {
    return optimiser;
  }

  /** The probability that an image's class and conditions are dropped. */
  public double conditioningDropout() {
    return dropout;
  }

  /** The seed. */
  public long seed() {
    return seed;
  }

  /** The number of LibTorch threads, 0 if it is left as it is. */
  public int threads() {
    return threads;
  }

  /** The number format. */
  public Precision precision() {
    return precision;
  }

  /** Where the run computes. */
  public Device device() {
    return device;
  }

  /** When a run with a folder writes checkpoints, and which it keeps. */
  public CheckpointPolicy checkpoints() {
    return checkpoints;
  }

  /** What the network learns. */
  public Objective objective() {
    return objective;
  }

  /** The settings by name, in a fixed order, for records of a run. */
  public Map<String, Object> settings() {
    return TrainingSettings.write(this);
  }

  @Override
  public String toString() {
    return "Training" + settings();
  }
}
