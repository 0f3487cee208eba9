package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Ops;
import io.github.diffusion4j.train.parameters.Values;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients that are added up over parts of a batch. */
class AccumulationTest {

  /** Two convolutions without batch normalisation, so that images know nothing of each other. */
  private static final class Plain implements OneInput {
    @Override
    public List<Integer> image() {
      return List.of(1, 4, 4);
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T x = ops.gelu(ops.conv("a", Input.of(inputs, Input.SAMPLE), Conv.same(1, 3)));
      return ops.conv("b", x, Conv.same(3, 1));
    }
  }

  @BeforeAll
  static void oneThread() {
    Threads.use(1);
  }

  private static Batch batch(int images, boolean isWeighted) {
    float[] pixels = new float[16 * images];
    float[] some = new float[images];
    float[] ones = new float[images];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i % 7 / 7f;
    }
    for (int i = 0; i < images; i++) {
      some[i] = .1f * (i + 1);
      ones[i] = 1;
    }
    float[] weights = isWeighted ? some : new float[0];
    return new Batch(
        new long[] {images, 1, 4, 4}, pixels, some, ones, ones, some, weights, Map.of());
  }

  private static Map<String, Values> after(int parts, Batch batch, double loss) {
    Rule rule = new Rule(.9, .999, 1e-8, 0, 0, 0, parts);
    try (Engine engine = Engine.training(new Plain(), Compute.FLOAT64, 3, rule, Group.ALONE)) {
      assertThat(engine.step(batch, 1e-2, 5)).isCloseTo(loss, within(1e-12));
      return engine.state();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 7, 20})
  void partsGiveTheLossAndTheGradientOfTheWhole(int parts) {
    for (boolean isWeighted : new boolean[] {false, true}) {
      Batch batch = batch(7, isWeighted);
      double loss;
      try (Engine engine =
          Engine.training(new Plain(), Compute.FLOAT64, 3, Rule.ADAM, Group.ALONE)) {
        loss = engine.loss(batch, 5);
      }
      Map<String, Values> whole = after(1, batch, loss);
      Map<String, Values> added = after(parts, batch, loss);
      whole.forEach(
          (name, values) -> {
            float[] expected = values.floats();
            float[] found = added.get(name).floats();
            for (int i = 0; i < expected.length; i++) {
              assertThat(found[i]).as(name).isCloseTo(expected[i], within(1e-6f));
            }
          });
    }
  }
}
