package io.github.diffusion4j;

import java.util.List;
import java.util.function.UnaryOperator;

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

  record Hybrid(List<Filter> components, List<Guidance> parts) implements Guidance {

    @Override
    public Plan plan(Moment now) {
      return Plan.join(parts.stream().map(part -> part.plan(now)).toList(), this::merge);
    }

    private Estimate merge(List<Estimate> answers) {
      Estimate merged =
          Estimate.of(
              sum(answers.stream().map(Estimate::clean).toList()),
              sum(answers.stream().map(Estimate::noise).toList()));
      return Estimate.meanVariance(answers).map(merged::withVariance).orElse(merged);
    }

    /** The last part, and what each filter keeps of the difference to it. */
    private Tensor sum(List<Tensor> tensors) {
      Tensor last = tensors.get(components.size());
      Tensor sum = last;
      for (int i = 0; i < components.size(); i++) {
        Tensor difference = Tensors.mix(1, tensors.get(i), -1, last);
        sum = Tensors.mix(1, sum, 1, components.get(i).apply(difference));
      }
      return sum;
    }
  }

  record Seen(Guidance guidance, View view) implements Guidance {

    @Override
    public Plan plan(Moment now) {
      Moment seen = Moment.of(view.apply(now.sample()), now.level(), now.index());
      Plan plan = guidance.plan(seen);
      return new Plan(
          plan.queries().stream().map(this::turned).toList(),
          answers -> back(plan.merge().apply(answers)));
    }

    private Query turned(Query query) {
      return new Query(query.x(), query.level(), query.conditioning().seenThrough(view));
    }

    private Estimate back(Estimate estimate) {
      Estimate turned = Estimate.of(view.invert(estimate.clean()), view.invert(estimate.noise()));
      return estimate
          .variance()
          .map(variance -> turned.withVariance(view.invertVariance(variance)))
          .orElse(turned);
    }
  }

  record Corrected(Guidance guidance, UnaryOperator<Tensor> correction, String name)
      implements Guidance {

    @Override
    public Plan plan(Moment now) {
      return Plan.join(
          List.of(guidance.plan(now)),
          answers -> answers.get(0).withClean(correction.apply(answers.get(0).clean())));
    }

    @Override
    public String toString() {
      return guidance + "." + name;
    }
  }
}
