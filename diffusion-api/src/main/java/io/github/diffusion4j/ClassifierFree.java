package io.github.diffusion4j;

import java.util.List;
import java.util.Objects;

/**
 * Classifier-free guidance (Ho and Salimans 2022) and its relatives: {@code p = u + γ·(c − u)} of
 * the conditional prediction c and the unconditional one, u, with changes that leave it as it is
 * unless they are asked for.
 *
 * <p>All of them together, image by image, over channels and pixels:
 *
 * <pre>
 * û = s*·u                               optimised, else u
 * Δ = c − û + β·(Δ of the step before)   momentum
 * Δ ← Δ·min(1, r/‖Δ‖)                    limited
 * Δ ← Δ − (1 − η)·(⟨Δ, c⟩/‖c‖²)·c        projected
 * p = û + γ·Δ, or c + γ·Δ                originalFormulation
 * p ← φ·p·std(c)/std(p) + (1 − φ)·p      rescaled
 * </pre>
 *
 * <p>Without changes of Δ, û and p the weights add up to 1, and it does not matter what is summed.
 * The changes have no such weights: they act on what the network predicts, in its own {@link
 * PredictionType}, and split the result again, so that {@code level.mix(clean, noise)} is the image
 * still. They need estimates that know their type, which all by {@link PredictionType#split} do.
 *
 * <p>A branch that does not matter is not asked. The learned variance is the conditional one's.
 *
 * <p>Immutable.
 */
public final class ClassifierFree implements Guidance {

  private final GuidanceRule rule;
  private final Guidance conditional;
  private final Guidance unconditional;

  ClassifierFree(GuidanceRule rule, Guidance conditional, Guidance unconditional) {
    this.rule = rule;
    this.conditional = Objects.requireNonNull(conditional, "conditional");
    this.unconditional = Objects.requireNonNull(unconditional, "unconditional");
  }

  private ClassifierFree with(GuidanceRule changed) {
    return new ClassifierFree(changed, conditional, unconditional);
  }

  /**
   * This as {@code c + γ·(c − u)}, as the paper writes it and the course's part A of Fall 2026 does
   * (Ho and Salimans 2022, equation 6); diffusers' {@code use_original_formulation}. Without other
   * changes it is the common form with γ + 1.
   *
   * @return the changed guidance; γ = 0 gives c by one question
   */
  public ClassifierFree originalFormulation() {
    return with(rule.withOriginal());
  }

  /**
   * This with the guided prediction brought to the deviation of the conditional one, against the
   * glare of large scales: {@code φ·p·std(c)/std(p) + (1 − φ)·p}, the deviations with n − 1 over
   * the n values of an image (Lin et al. 2023, section 3.4; diffusers' {@code guidance_rescale}).
   * An even prediction stays as it is.
   *
   * @param share φ, in [0, 1]; 0.7 in the paper, 0 for none
   * @return the changed guidance
   * @throws IllegalArgumentException if the share is out of range
   */
  public ClassifierFree rescaled(double share) {
    return with(rule.withRescale(share));
  }

  /**
   * This with less of the part of Δ that is parallel to c, which saturates (adaptive projected
   * guidance, Sadat, Hilliges and Weber 2024).
   *
   * @param share η, in [0, 1]; 0 in the paper, 1 for all of it
   * @return the changed guidance
   * @throws IllegalArgumentException if the share is out of range
   */
  public ClassifierFree projected(double share) {
    return with(rule.withParallel(share));
  }

  /**
   * This with Δ made shorter where it is long (adaptive projected guidance, Sadat, Hilliges and
   * Weber 2024).
   *
   * @param norm r, the greatest Euclidean norm of an image's Δ, above 0; diffusers has 15, and 0
   *     where there is no limit
   * @return the changed guidance
   * @throws IllegalArgumentException if the norm is not above 0
   */
  public ClassifierFree limited(double norm) {
    return with(rule.withLimit(norm));
  }

  /**
   * This with the Δ of the steps before, each weighted by the factor once more (adaptive projected
   * guidance, Sadat, Hilliges and Weber 2024). Δ is taken before it is limited and projected. It is
   * in the loop's keeping ({@link Guidance#memory}).
   *
   * @param factor β, in (−1, 1); negative in the paper, so that what changes from step to step
   *     counts; 0 for none
   * @return the changed guidance
   * @throws IllegalArgumentException if the factor is out of range
   */
  public ClassifierFree momentum(double factor) {
    return with(rule.withMomentum(factor));
  }

  /**
   * This with the unconditional prediction scaled to the conditional one, {@code s* = ⟨c, u⟩/‖u‖²}
   * (CFG-Zero*, Fan et al. 2025), for networks that predict flows.
   *
   * @return the changed guidance
   */
  public ClassifierFree optimised() {
    return with(rule.withOptimised());
  }

  /**
   * This with the prediction 0 at the first steps of a run, where a flow that is not quite learned
   * leads astray (CFG-Zero*, Fan et al. 2025). One question is asked there.
   *
   * @param steps how many, at least 0; the paper has 4 % of the run, diffusers 1
   * @return the changed guidance
   * @throws IllegalArgumentException if the number is negative
   */
  public ClassifierFree zeroInitial(int steps) {
    return with(rule.withZeroSteps(steps));
  }

  /**
   * This with the noise of the unconditional branch beside the guided clean images, which keeps
   * small scales on the way of natural images (CFG++, Chung et al. 2024). So the estimate leaves
   * the line {@code level.mix(clean, noise) = x} on purpose, and matters to schedulers that read
   * both parts, such as DDIM.
   *
   * @return the changed guidance
   * @throws IllegalArgumentException if the scale is not in [0, 1], or the formulation the original
   */
  public ClassifierFree manifoldConstrained() {
    return with(rule.withConstrained());
  }

  /**
   * This in an interval; elsewhere the conditional branch alone, by one question (Kynkäänniemi et
   * al. 2024).
   *
   * @param interval where to guide
   * @return the guidance
   */
  public Guidance during(Interval interval) {
    return during(interval, conditional);
  }

  /** γ. */
  public double scale() {
    return rule.scale();
  }

  /** What gives c. */
  public Guidance conditional() {
    return conditional;
  }

  /** What gives u. */
  public Guidance unconditional() {
    return unconditional;
  }

  private List<Guidance> asked() {
    if (!rule.asksUnconditional()) {
      return List.of(conditional);
    }
    return rule.asksConditional() ? List.of(unconditional, conditional) : List.of(unconditional);
  }

  @Override
  public int memory() {
    return (rule.remembers() ? 1 : 0) + asked().stream().mapToInt(Guidance::memory).sum();
  }

  @Override
  public Plan plan(Moment now) {
    now.checkCarries(memory());
    List<Guidance> asked = asked();
    if (now.index() < rule.zeroSteps()) {
      Guidance last = asked.get(asked.size() - 1);
      Plan plan = Plan.alone(now, now.carried().size() - last.memory(), last);
      return new Plan(plan.queries(), answers -> zero(now, plan.merge().apply(answers)));
    }
    return asked.size() == 1
        ? asked.get(0).plan(now)
        : Plan.join(now, asked, answers -> merge(now, answers.get(0), answers.get(1)));
  }

  private Estimate zero(Moment now, Estimate answer) {
    Tensor nothing = Tensor.zeros(now.sample().shape());
    Estimate zero = answer.typeFor("zeroInitial").split(now.sample(), nothing, now.level());
    return answer.mapped(zero.clean(), zero.noise(), answer.variance());
  }

  private Estimate merge(Moment now, Estimate u, Estimate c) {
    double weight = rule.conditionalWeight();
    if (rule.isLinear() && !rule.isConstrained() && u.type().equals(c.type())) {
      return u.mapped(
          Tensors.mix(1 - weight, u.clean(), weight, c.clean()),
          Tensors.mix(1 - weight, u.noise(), weight, c.noise()),
          c.variance());
    }
    Estimate sum = Estimate.weightedSum(new double[] {1 - weight, weight}, List.of(u, c));
    Estimate guided = rule.isLinear() ? sum : split(now, sum.typeFor(rule.toString()), u, c);
    Estimate merged = guided.mapped(guided.clean(), guided.noise(), c.variance());
    return rule.isConstrained() ? merged.withNoise(u.noise()) : merged;
  }

  private Estimate split(Moment now, PredictionType type, Estimate u, Estimate c) {
    NoiseLevel level = now.level();
    Tensor without = type.target(u.clean(), u.noise(), level);
    Tensor with = type.target(c.clean(), c.noise(), level);
    List<Tensor> average = rule.remembers() ? now.carried().subList(0, 1) : List.of();
    Tensor difference = rule.difference(without, with, average);
    Estimate split = type.split(now.sample(), rule.guided(without, with, difference), level);
    return rule.remembers() ? split.carrying(List.of(difference)) : split;
  }

  @Override
  public String toString() {
    return "ClassifierFree[scale="
        + rule.scale()
        + ", conditional="
        + conditional
        + ", unconditional="
        + unconditional
        + "]"
        + rule;
  }
}
