package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Several prompts at once, towards some and away from others, as sums of directions from what is
 * said without a prompt, u: {@code u + Σ wᵢ·(cᵢ − u)} (composable diffusion, Liu et al. 2022).
 *
 * <p>With {@code m = Σ wᵢ·(cᵢ − u)}, what is avoided counts by the part that is perpendicular to m,
 * so that it takes nothing from what is wanted (Perp-Neg, Armandpour et al. 2023): {@code u + m − Σ
 * vⱼ·(dⱼ − (⟨dⱼ, m⟩/‖m‖²)·m)} with {@code dⱼ = nⱼ − u}, image by image.
 *
 * <p>All weights add up to 1 with that of u, so that the estimate belongs to the same images. What
 * is perpendicular does not depend on the prediction's type. Parts of weight 0 are not asked. The
 * learned variance is the plain mean of the parts' of positive weight that are aimed at, u's if
 * there are none.
 *
 * <p>Immutable.
 */
public final class Composition implements Guidance {

  private final Guidance base;
  private final List<Part> parts;

  private Composition(Guidance base, List<Part> parts) {
    this.base = Objects.requireNonNull(base, "base");
    this.parts = List.copyOf(parts);
  }

  private record Part(double weight, Guidance guidance, boolean isAvoided) {}

  static Composition of(Guidance base) {
    return new Composition(base, List.of());
  }

  private Composition and(Part part) {
    if (part.weight == 0) {
      return this;
    }
    List<Part> all = new ArrayList<>(parts);
    all.add(part);
    return new Composition(base, all);
  }

  /**
   * This towards another prompt.
   *
   * @param weight w, finite; with one prompt, γ of classifier-free guidance. Below 0 it leads away
   * @param conditioning what the network is told for c
   * @return the changed composition
   * @throws IllegalArgumentException if the weight is not finite
   */
  public Composition towards(double weight, Conditioning conditioning) {
    return towards(weight, Guidance.of(conditioning));
  }

  /**
   * This towards another guidance.
   *
   * @param weight w, finite
   * @param guidance gives c
   * @return the changed composition
   * @throws IllegalArgumentException if the weight is not finite
   */
  public Composition towards(double weight, Guidance guidance) {
    return and(
        new Part(
            Checks.finite(weight, "weight"), Objects.requireNonNull(guidance, "guidance"), false));
  }

  /**
   * This away from a prompt, as far as that is perpendicular to all that it goes towards; without
   * any of that, as a whole. The paper's weight is relative to the scale: its {@code γ·wⱼ} is v.
   *
   * @param weight v, at least 0 and finite
   * @param conditioning what the network is told for n
   * @return the changed composition
   * @throws IllegalArgumentException if the weight is out of range
   */
  public Composition avoiding(double weight, Conditioning conditioning) {
    return avoiding(weight, Guidance.of(conditioning));
  }

  /**
   * This away from another guidance, as far as that is perpendicular.
   *
   * @param weight v, at least 0 and finite
   * @param guidance gives n
   * @return the changed composition
   * @throws IllegalArgumentException if the weight is out of range
   */
  public Composition avoiding(double weight, Guidance guidance) {
    Checks.require(
        weight >= 0 && Double.isFinite(weight),
        () -> "weight of what is avoided must be at least 0 and finite, got " + weight);
    return and(new Part(weight, Objects.requireNonNull(guidance, "guidance"), true));
  }

  /** What is left for u, without anything avoided. */
  private double baseWeight() {
    return 1 - parts.stream().mapToDouble(Part::weight).sum();
  }

  private boolean isLinear() {
    return parts.stream().noneMatch(Part::isAvoided);
  }

  /** Rounding of weights like 0.1 does not make u matter. */
  private boolean asksBase() {
    return !isLinear() || Math.abs(baseWeight()) > 1e-12;
  }

  private List<Guidance> asked() {
    List<Guidance> asked = new ArrayList<>(asksBase() ? List.of(base) : List.of());
    parts.forEach(part -> asked.add(part.guidance));
    return asked;
  }

  @Override
  public int memory() {
    return asked().stream().mapToInt(Guidance::memory).sum();
  }

  @Override
  public Plan plan(Moment now) {
    return Plan.join(now, asked(), answers -> merge(now.level(), answers));
  }

  private Estimate merge(NoiseLevel level, List<Estimate> answers) {
    List<double[]> weights = weights(level, answers);
    Estimate sum =
        Estimate.of(
            PerImage.sum(weights, answers.stream().map(Estimate::clean).toList()),
            PerImage.sum(weights, answers.stream().map(Estimate::noise).toList()));
    return Estimate.joined(sum, answers)
        .mapped(sum.clean(), sum.noise(), Estimate.meanVariance(aims(answers)));
  }

  private List<Estimate> aims(List<Estimate> answers) {
    int first = answers.size() - parts.size();
    List<Estimate> aims = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      if (!parts.get(i).isAvoided && parts.get(i).weight > 0) {
        aims.add(answers.get(first + i));
      }
    }
    return aims.isEmpty() ? answers.subList(0, 1) : aims;
  }

  /** The weight of each answer in each image. */
  private List<double[]> weights(NoiseLevel level, List<Estimate> answers) {
    int batch = answers.get(0).clean().shape().batch();
    double[] main = isLinear() ? PerImage.all(1, batch) : mainFactors(level, answers);
    double[] left = PerImage.all(1, batch);
    List<double[]> weights = new ArrayList<>();
    for (Part part : parts) {
      double[] each =
          PerImage.map(main, main, (m, same) -> part.isAvoided ? -part.weight : m * part.weight);
      weights.add(each);
      left = PerImage.map(left, each, (rest, weight) -> rest - weight);
    }
    if (asksBase()) {
      weights.add(0, left);
    }
    return weights;
  }

  /**
   * How often m is in the sum: {@code 1 + Σ vⱼ·⟨dⱼ, m⟩/‖m‖²}. Directions of the clean images and of
   * the noise are proportional; the larger ones are exact to more places.
   */
  private double[] mainFactors(NoiseLevel level, List<Estimate> answers) {
    List<Tensor> told =
        answers.stream()
            .map(level.signal() > level.noise() ? Estimate::noise : Estimate::clean)
            .toList();
    Tensor main = direction(told, false);
    Tensor avoided = direction(told, true);
    double[] shares = PerImage.ratio(PerImage.dot(avoided, main), PerImage.dot(main, main));
    return PerImage.map(shares, shares, (share, same) -> 1 + share);
  }

  /** The weighted sum of the directions of all parts that are avoided, or of all others. */
  private Tensor direction(List<Tensor> told, boolean isAvoided) {
    double[] weights = new double[told.size()];
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).isAvoided == isAvoided) {
        weights[1 + i] = parts.get(i).weight;
        weights[0] -= parts.get(i).weight;
      }
    }
    return Tensors.weightedSum(weights, told);
  }

  @Override
  public String toString() {
    StringBuilder calls = new StringBuilder("Composition[" + base + "]");
    parts.forEach(
        part ->
            calls
                .append(part.isAvoided ? ".avoiding(" : ".towards(")
                .append(part.weight)
                .append(", ")
                .append(part.guidance)
                .append(')'));
    return calls.toString();
  }
}
