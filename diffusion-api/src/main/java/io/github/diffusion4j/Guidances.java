package io.github.diffusion4j;

import java.util.List;

/** The guidances that come with the library. */
final class Guidances {

  private Guidances() {}

  record Single(Conditioning conditioning) implements Guidance {

    @Override
    public Plan plan(Moment now) {
      return Plan.of(new Query(now.sample(), now.level(), conditioning));
    }
  }

  record ClassifierFree(double scale, Guidance conditional, Guidance unconditional)
      implements Guidance {

    @Override
    public Plan plan(Moment now) {
      return Plan.join(List.of(unconditional.plan(now), conditional.plan(now)), this::merge);
    }

    private Estimate merge(List<Estimate> answers) {
      Estimate merged = Estimate.weightedSum(new double[] {1 - scale, scale}, answers);
      return answers.get(1).variance().map(merged::withVariance).orElse(merged);
    }
  }

  record Blend(List<Double> weights, List<Guidance> parts) implements Guidance {

    @Override
    public Plan plan(Moment now) {
      double[] factors = weights.stream().mapToDouble(Double::doubleValue).toArray();
      return Plan.join(
          parts.stream().map(part -> part.plan(now)).toList(),
          answers -> Estimate.weightedSum(factors, answers));
    }
  }
}
