package io.github.diffusion4j;

import java.util.ArrayList;
import java.util.List;

/**
 * The best possible network for a data set of a few images: the exact posterior mean {@code E[clean
 * | x]}, a softmax of squared distances.
 */
record IdealDenoiser(List<Tensor> data) implements Denoiser {

  @Override
  public List<Estimate> estimate(List<Query> queries) {
    return queries.stream().map(this::answer).toList();
  }

  private Estimate answer(Query query) {
    NoiseLevel level = query.level();
    List<Tensor> clean = new ArrayList<>();
    for (int i = 0; i < query.x().shape().batch(); i++) {
      clean.add(posteriorMean(query.x().images(i, i + 1), level));
    }
    Tensor mean = Tensors.concat(clean);
    Tensor noise = Tensors.mix(1 / level.noise(), query.x(), -level.signal() / level.noise(), mean);
    return Estimate.of(mean, noise);
  }

  private Tensor posteriorMean(Tensor x, NoiseLevel level) {
    double[] weights = new double[data.size()];
    double best = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < weights.length; k++) {
      double square = 0;
      for (float value : Tensors.mix(1, x, -level.signal(), data.get(k)).toArray()) {
        square += value * value;
      }
      weights[k] = -square / (2 * level.noise() * level.noise());
      best = Math.max(best, weights[k]);
    }
    double sum = 0;
    for (int k = 0; k < weights.length; k++) {
      weights[k] = Math.exp(weights[k] - best);
      sum += weights[k];
    }
    for (int k = 0; k < weights.length; k++) {
      weights[k] /= sum;
    }
    return Tensors.weightedSum(weights, data);
  }
}
