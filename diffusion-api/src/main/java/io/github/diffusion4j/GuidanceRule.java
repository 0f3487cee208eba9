package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.List;

/**
 * The formula of {@link ClassifierFree} and its parameters.
 *
 * @param scale γ
 * @param isOriginal whether the sum begins with c in place of u
 * @param rescale φ, 0 for none
 * @param parallel η, 1 for no projection
 * @param limit r, infinite for none
 * @param momentum β, 0 for none
 * @param isOptimised whether u is scaled to c
 * @param zeroSteps how many steps have the prediction 0
 * @param isConstrained whether the noise is u's
 */
record GuidanceRule(
    double scale,
    boolean isOriginal,
    double rescale,
    double parallel,
    double limit,
    double momentum,
    boolean isOptimised,
    int zeroSteps,
    boolean isConstrained) {

  GuidanceRule {
    Checks.finite(scale, "guidance scale");
    Checks.inRange(0, 1, rescale, "share that is rescaled");
    Checks.inRange(0, 1, parallel, "parallel share");
    Checks.require(limit > 0, () -> "norm limit must be above 0, got " + limit);
    Checks.require(Math.abs(momentum) < 1, () -> "momentum must be in (-1, 1), got " + momentum);
    Checks.atLeast(0, zeroSteps, "steps of prediction 0");
    Checks.require(
        !isConstrained || (scale >= 0 && scale <= 1 && !isOriginal),
        () ->
            "manifold-constrained guidance has a scale in [0, 1] and u + scale·(c − u), got "
                + scale
                + (isOriginal ? " in the original formulation" : ""));
  }

  static GuidanceRule of(double scale) {
    return new GuidanceRule(scale, false, 0, 1, Double.POSITIVE_INFINITY, 0, false, 0, false);
  }

  GuidanceRule withOriginal() {
    return new GuidanceRule(
        scale, true, rescale, parallel, limit, momentum, isOptimised, zeroSteps, isConstrained);
  }

  GuidanceRule withRescale(double share) {
    return new GuidanceRule(
        scale, isOriginal, share, parallel, limit, momentum, isOptimised, zeroSteps, isConstrained);
  }

  GuidanceRule withParallel(double share) {
    return new GuidanceRule(
        scale, isOriginal, rescale, share, limit, momentum, isOptimised, zeroSteps, isConstrained);
  }

  GuidanceRule withLimit(double norm) {
    return new GuidanceRule(
        scale,
        isOriginal,
        rescale,
        parallel,
        norm,
        momentum,
        isOptimised,
        zeroSteps,
        isConstrained);
  }

  GuidanceRule withMomentum(double factor) {
    return new GuidanceRule(
        scale, isOriginal, rescale, parallel, limit, factor, isOptimised, zeroSteps, isConstrained);
  }

  GuidanceRule withOptimised() {
    return new GuidanceRule(
        scale, isOriginal, rescale, parallel, limit, momentum, true, zeroSteps, isConstrained);
  }

  GuidanceRule withZeroSteps(int steps) {
    return new GuidanceRule(
        scale, isOriginal, rescale, parallel, limit, momentum, isOptimised, steps, isConstrained);
  }

  GuidanceRule withConstrained() {
    return new GuidanceRule(
        scale, isOriginal, rescale, parallel, limit, momentum, isOptimised, zeroSteps, true);
  }

  /** Whether the difference c − u is taken as it is. */
  private boolean isWhole() {
    return parallel == 1 && limit == Double.POSITIVE_INFINITY && momentum == 0;
  }

  /** Whether the weights of the two branches add up to 1, so that their type does not matter. */
  boolean isLinear() {
    return isWhole() && rescale == 0 && !isOptimised;
  }

  /** The weight of c in the linear case. */
  double conditionalWeight() {
    return isOriginal ? 1 + scale : scale;
  }

  boolean asksConditional() {
    return rescale > 0
        || isOptimised
        || (isWhole() ? conditionalWeight() != 0 : isOriginal || scale != 0);
  }

  boolean asksUnconditional() {
    return isConstrained || (isOriginal ? scale != 0 : scale != 1 || !isWhole());
  }

  boolean remembers() {
    return momentum != 0 && asksConditional() && asksUnconditional();
  }

  /** {@code c − û + β·average}, which is the next average too. */
  Tensor difference(Tensor u, Tensor c, List<Tensor> average) {
    int batch = c.shape().batch();
    double[] scaled = unconditionalFactors(u, c);
    List<double[]> factors = new ArrayList<>();
    factors.add(PerImage.all(1, batch));
    factors.add(PerImage.map(scaled, scaled, (s, same) -> -s));
    List<Tensor> parts = new ArrayList<>(List.of(c, u));
    if (!average.isEmpty()) {
      factors.add(PerImage.all(momentum, batch));
      parts.add(average.get(0));
    }
    return PerImage.sum(factors, parts);
  }

  /** The prediction, guided. */
  Tensor guided(Tensor u, Tensor c, Tensor difference) {
    int batch = c.shape().batch();
    double[] kept =
        PerImage.map(
            PerImage.dot(difference, difference),
            PerImage.all(limit, batch),
            (square, r) -> square > r * r ? r / Math.sqrt(square) : 1);
    double[] along = PerImage.ratio(PerImage.dot(difference, c), PerImage.dot(c, c));
    double[] ofDifference = PerImage.map(kept, kept, (k, same) -> scale * k);
    double[] removed = PerImage.map(kept, along, (k, a) -> scale * k * a * (1 - parallel));
    Tensor sum =
        isOriginal
            ? PerImage.sum(
                List.of(PerImage.map(removed, removed, (x, same) -> 1 - x), ofDifference),
                List.of(c, difference))
            : PerImage.sum(
                List.of(
                    unconditionalFactors(u, c),
                    PerImage.map(removed, removed, (x, same) -> -x),
                    ofDifference),
                List.of(u, c, difference));
    return rescale == 0 ? sum : rescaled(sum, c);
  }

  /** s* of each image, the factor of u that brings it nearest to c. */
  private double[] unconditionalFactors(Tensor u, Tensor c) {
    return isOptimised
        ? PerImage.ratio(PerImage.dot(c, u), PerImage.dot(u, u))
        : PerImage.all(1, c.shape().batch());
  }

  private Tensor rescaled(Tensor prediction, Tensor c) {
    Checks.require(
        c.shape().elementsPerImage() > 1,
        () -> "rescaling needs images of at least 2 values, got " + c.shape());
    double[] factors =
        PerImage.map(
            PerImage.deviation(c),
            PerImage.deviation(prediction),
            (towards, found) -> found == 0 ? 1 : rescale * towards / found + (1 - rescale));
    return PerImage.sum(List.of(factors), List.of(prediction));
  }

  /** The changes to plain guidance, as they are called. */
  @Override
  public String toString() {
    StringBuilder calls = new StringBuilder();
    append(calls, isOriginal, "originalFormulation", "");
    append(calls, parallel != 1, "projected", parallel);
    append(calls, limit != Double.POSITIVE_INFINITY, "limited", limit);
    append(calls, momentum != 0, "momentum", momentum);
    append(calls, isOptimised, "optimised", "");
    append(calls, zeroSteps > 0, "zeroInitial", zeroSteps);
    append(calls, rescale > 0, "rescaled", rescale);
    append(calls, isConstrained, "manifoldConstrained", "");
    return calls.toString();
  }

  private static void append(StringBuilder calls, boolean applies, String name, Object value) {
    if (applies) {
      calls.append('.').append(name).append('(').append(value).append(')');
    }
  }
}
