package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a network predicts: {@code p = c₀·clean + c₁·ε}, with factors that may depend on the level.
 *
 * <p>Together with {@code x = a·clean + s·ε} these are two equations with two unknowns, so every
 * type is split by one rule, {@code clean = (c₁·x − s·p)/det}, {@code ε = (a·p − c₀·x)/det}, {@code
 * det = a·c₁ − s·c₀}. The same factors make the training target.
 *
 * <p>Immutable.
 */
public final class PredictionType {

  /**
   * The noise, {@code p = ε} (Ho et al. 2020). It says nothing about the image where there is no
   * signal.
   */
  public static final PredictionType EPSILON =
      new PredictionType("EPSILON", level -> 0, level -> 1);

  /** The clean image, {@code p = clean}. It says nothing about the noise where there is none. */
  public static final PredictionType CLEAN = new PredictionType("CLEAN", level -> 1, level -> 0);

  /** The velocity, {@code p = (a·ε − s·clean)/√(a² + s²)} (Salimans and Ho 2022, appendix D). */
  public static final PredictionType VELOCITY =
      new PredictionType(
          "VELOCITY",
          level -> -level.noise() / Math.hypot(level.signal(), level.noise()),
          level -> level.signal() / Math.hypot(level.signal(), level.noise()));

  /** The flow towards the noise, {@code p = ε − clean}, as diffusers' flow models predict it. */
  public static final PredictionType FLOW = new PredictionType("FLOW", level -> -1, level -> 1);

  /** The flow towards the image, {@code p = clean − ε}, as in the CS180 course. */
  public static final PredictionType FLOW_TO_DATA =
      new PredictionType("FLOW_TO_DATA", level -> 1, level -> -1);

  private static final Pattern EDM = Pattern.compile("EDM\\((\\d+(?:\\.\\d+)?(?:E-?\\d+)?)\\)");

  private static final List<PredictionType> NAMED =
      List.of(EPSILON, CLEAN, VELOCITY, FLOW, FLOW_TO_DATA);

  private final String name;
  private final ToDoubleFunction<NoiseLevel> cleanFactor;
  private final ToDoubleFunction<NoiseLevel> noiseFactor;

  private PredictionType(
      String name,
      ToDoubleFunction<NoiseLevel> cleanFactor,
      ToDoubleFunction<NoiseLevel> noiseFactor) {
    this.name = name;
    this.cleanFactor = cleanFactor;
    this.noiseFactor = noiseFactor;
  }

  /**
   * The output F of an EDM network, {@code clean = σ_d²/(s² + σ_d²)·x + s·σ_d/√(s² + σ_d²)·F} on
   * the path with signal 1 (Karras et al. 2022, table 1).
   *
   * @param dataDeviation σ_d, the standard deviation of the data, above 0
   * @return the type
   * @throws IllegalArgumentException if the deviation is not finite and above 0
   */
  public static PredictionType edm(double dataDeviation) {
    Checks.require(
        dataDeviation > 0 && Double.isFinite(dataDeviation),
        () -> "data deviation must be finite and above 0, got " + dataDeviation);
    return new PredictionType(
        "EDM(" + dataDeviation + ")",
        level -> level.noise() / (dataDeviation * Math.hypot(level.noise(), dataDeviation)),
        level -> -dataDeviation / Math.hypot(level.noise(), dataDeviation));
  }

  /** The same with both signs reversed. */
  PredictionType negated() {
    return new PredictionType(
        name + ".negated",
        level -> -cleanFactor.applyAsDouble(level),
        level -> -noiseFactor.applyAsDouble(level));
  }

  /** Whether the two are one prediction, or one the other with its sign reversed. */
  boolean isAlike(PredictionType other) {
    NoiseLevel level = NoiseLevel.of(1, 0.7, 0);
    double clean = cleanFactor(level);
    double noise = noiseFactor(level);
    double sign = clean * other.cleanFactor(level) + noise * other.noiseFactor(level) < 0 ? -1 : 1;
    return clean == sign * other.cleanFactor(level) && noise == sign * other.noiseFactor(level);
  }

  /**
   * The type of a name, as {@link #toString()} gives it.
   *
   * @param name the name of one of the constants, or {@code EDM(0.5)}
   * @return the type
   * @throws IllegalArgumentException if there is none of that name
   */
  public static PredictionType named(String name) {
    Matcher edm = EDM.matcher(Objects.requireNonNull(name, "name"));
    if (edm.matches()) {
      return edm(Double.parseDouble(edm.group(1)));
    }
    return NAMED.stream()
        .filter(type -> type.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "prediction type must be one of "
                        + NAMED
                        + " or EDM(data deviation), got "
                        + name));
  }

  /**
   * c₀, the factor of the clean image.
   *
   * @param level where
   * @return the factor
   */
  public double cleanFactor(NoiseLevel level) {
    return cleanFactor.applyAsDouble(level);
  }

  /**
   * c₁, the factor of the noise.
   *
   * @param level where
   * @return the factor
   */
  public double noiseFactor(NoiseLevel level) {
    return noiseFactor.applyAsDouble(level);
  }

  /**
   * The training target {@code c₀·clean + c₁·ε}.
   *
   * @param clean clean images
   * @param noise their noise, of the same shape
   * @param level where
   * @return what a perfect network predicts
   * @throws IllegalArgumentException if the shapes differ
   */
  public Tensor target(Tensor clean, Tensor noise, NoiseLevel level) {
    return Tensors.mix(cleanFactor(level), clean, noiseFactor(level), noise);
  }

  /**
   * Splits images into the clean images and the noise that a prediction says they are made of.
   *
   * @param x images of the level
   * @param prediction the network's prediction, of the same shape
   * @param level where
   * @return both parts, with {@code level.mix(clean, noise) = x}
   * @throws IllegalArgumentException if the shapes differ, or this type does not tell the parts
   *     apart at this level
   */
  public Estimate split(Tensor x, Tensor prediction, NoiseLevel level) {
    double a = level.signal();
    double s = level.noise();
    double c0 = cleanFactor(level);
    double c1 = noiseFactor(level);
    double det = a * c1 - s * c0;
    Checks.require(
        det != 0,
        () ->
            name
                + " does not tell image and noise apart at signal "
                + a
                + ", noise "
                + s
                + " (network time "
                + level.time()
                + ")");
    return Estimate.of(
            Tensors.mix(c1 / det, x, -s / det, prediction),
            c0 == 0 ? prediction.times(a / det) : Tensors.mix(a / det, prediction, -c0 / det, x))
        .withType(this);
  }

  @Override
  public String toString() {
    return name;
  }
}
