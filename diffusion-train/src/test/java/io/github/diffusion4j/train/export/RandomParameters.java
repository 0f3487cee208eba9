package io.github.diffusion4j.train.export;

import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.parameters.Outline;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/** Parameters and running statistics, none of which is 0 or 1 by chance. */
final class RandomParameters implements Parameters {

  private final Map<String, float[]> values = new HashMap<>();

  RandomParameters(Network network, long seed) {
    Random random = new Random(seed);
    for (Outline.Parameter parameter : Outline.of(network)) {
      float[] array = new float[parameter.elements()];
      for (int i = 0; i < array.length; i++) {
        double wave = random.nextGaussian();
        array[i] =
            (float)
                switch (parameter.role()) {
                  case WEIGHT -> wave / Math.sqrt(parameter.fanIn());
                  case BIAS, SHIFT, MEAN -> 0.3 * wave;
                  case SCALE -> 1 + 0.2 * wave;
                  case VARIANCE -> 0.3 + random.nextDouble();
                };
      }
      values.put(parameter.name(), array);
    }
  }

  @Override
  public float[] values(String name) {
    float[] array = values.get(name);
    if (array == null) {
      throw new IllegalArgumentException("no parameter " + name);
    }
    return array;
  }

  Map<String, float[]> all() {
    return values;
  }
}
