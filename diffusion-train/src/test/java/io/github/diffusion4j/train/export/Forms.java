package io.github.diffusion4j.train.export;

import io.github.diffusion4j.train.ResidualUNet;
import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.UNet.TimeEffect;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Networks of every form, and inputs for them. */
final class Forms {

  private Forms() {}

  static Stream<UNet> all() {
    return Stream.of(UNet.width(4), UNet.width(3).images(3, 32), UNet.width(5).images(1, 32))
        .flatMap(
            net ->
                Stream.of(
                    net,
                    net.time(TimeEffect.SCALE),
                    net.time(TimeEffect.SHIFT),
                    net.time(TimeEffect.SCALE).classes(10),
                    net.time(TimeEffect.SHIFT).classes(2)));
  }

  static Stream<ResidualUNet> residual() {
    ResidualUNet small = ResidualUNet.of(8, 1, 2).images(3, 8).blocks(1);
    ResidualUNet timed = small.time();
    return Stream.of(
        small,
        timed,
        timed.classes(3),
        small.classes(2).text(1, 7),
        timed.classes(10).text(4, 6).attention(4, 8).headFeatures(2),
        ResidualUNet.of(16, 1, 2, 2).time().text(5, 31));
  }

  static Map<String, float[]> inputs(Network network, int batch, long seed) {
    Random random = new Random(seed);
    Map<String, float[]> inputs = new LinkedHashMap<>();
    for (Input input : network.inputs()) {
      int each = elements(input.shape());
      float[] values = new float[batch * each];
      for (int i = 0; i < values.length; i++) {
        values[i] =
            switch (input.name()) {
              case Input.SAMPLE -> (float) random.nextGaussian();
              case Input.TIME -> random.nextFloat();
              default -> i % each == i / each % (each + 1) ? 1 : 0;
            };
      }
      inputs.put(input.name(), values);
    }
    return inputs;
  }

  static int elements(List<Integer> shape) {
    return shape.stream().reduce(1, Math::multiplyExact);
  }
}
