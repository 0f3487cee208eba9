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

  record Blend(List<Double> weights, List<Guidance> parts) implements Guidance {

    @Override
    public Plan plan(Moment now) {
      double[] factors = weights.stream().mapToDouble(Double::doubleValue).toArray();
      return Plan.join(now, parts, answers -> Estimate.weightedSum(factors, answers));
    }

    @Override
    public int memory() {
      return parts.stream().mapToInt(Guidance::memory).sum();
    }
  }

  record Hybrid(List<Filter> components, List<Guidance> parts) implements Guidance {

    @Override
    public Plan plan(Moment now) {
      return Plan.join(now, parts, this::merge);
    }

    @Override
    public int memory() {
      return parts.stream().mapToInt(Guidance::memory).sum();
    }

    private Estimate merge(List<Estimate> answers) {
      Estimate merged =
          Estimate.of(
              sum(answers.stream().map(Estimate::clean).toList()),
              sum(answers.stream().map(Estimate::noise).toList()));
      return Estimate.joined(merged, answers);
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
      Plan plan = guidance.plan(now.withSample(view.apply(now.sample())));
      return new Plan(
          plan.queries().stream().map(this::turned).toList(),
          answers -> back(plan.merge().apply(answers)));
    }

    /** What is carried stays as it is seen: the guidance sees it so at the next step again. */
    @Override
    public int memory() {
      return guidance.memory();
    }

    @Override
    public String toString() {
      return guidance + ".through(" + view + ")";
    }

    private Query turned(Query query) {
      return new Query(query.x(), query.level(), query.conditioning().seenThrough(view));
    }

    private Estimate back(Estimate estimate) {
      return estimate.mapped(
          view.invert(estimate.clean()),
          view.invert(estimate.noise()),
          estimate.variance().map(view::invertVariance));
    }
  }

  record During(Guidance guidance, Interval interval, Guidance elsewhere) implements Guidance {

    @Override
    public Plan plan(Moment now) {
      now.checkCarries(memory());
      return interval.contains(now)
          ? Plan.alone(now, 0, guidance)
          : Plan.alone(now, guidance.memory(), elsewhere);
    }

    @Override
    public int memory() {
      return guidance.memory() + elsewhere.memory();
    }

    @Override
    public String toString() {
      return guidance + ".during(" + interval + ", " + elsewhere + ")";
    }
  }

  record Corrected(Guidance guidance, UnaryOperator<Tensor> correction, String name)
      implements Guidance {

    @Override
    public Plan plan(Moment now) {
      return Plan.join(
          now,
          List.of(guidance),
          answers -> answers.get(0).withClean(correction.apply(answers.get(0).clean())));
    }

    @Override
    public int memory() {
      return guidance.memory();
    }

    @Override
    public String toString() {
      return guidance + "." + name;
    }
  }
}
