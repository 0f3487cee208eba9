package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Ops;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // scopes work by being open
class AdamTest {

  /** One convolution, of which the loss uses the weight alone. */
  private static final class OneNumber implements OneInput {
    @Override
    public List<Integer> image() {
      return List.of(1, 1, 1);
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      return ops.conv("p", Input.of(inputs, Input.SAMPLE), new Conv(1, 1, 1, 1, 0, false));
    }
  }

  @BeforeAll
  static void oneThread() {
    Threads.use(1);
  }

  @Test
  void descendsParabolaAsPyTorchDoes() {
    double[] expected = {.9900000, .9800028, .9700101};
    try (PointerScope scope = new PointerScope();
        Model model = Model.initial(new OneNumber(), Compute.FLOAT64, 0);
        Adam adam = new Adam(model, Rule.ADAM)) {
      model.set("p.weight", new double[] {1});
      Tensor p = model.tensors().get("p.weight");
      for (int i = 0; i < expected.length; i++) {
        adam.zeroGradients();
        p.mul(p).sum().backward();
        adam.step(1e-2, i + 1);
        assertThat(p.item_double()).isCloseTo(expected[i], within(1e-6));
      }
    }
  }

  @Test
  void leavesParameterWithoutGradientAlone() {
    try (PointerScope scope = new PointerScope();
        Model model = Model.initial(new OneNumber(), Compute.FLOAT32, 0);
        Adam adam = new Adam(model, Rule.ADAM)) {
      Tensor bias = model.tensors().get("p.bias");
      float before = bias.item_float();
      Tensor p = model.tensors().get("p.weight");
      p.mul(p).sum().backward();
      adam.step(1e-2, 1);
      assertThat(bias.item_float()).isEqualTo(before);
      assertThat(torch.count_nonzero(adam.tensors().get("second.p.bias")).item_long()).isZero();
    }
  }

  @Test
  void decoupledDecayShrinksTheParameterBesideTheStep() {
    double rate = 1e-2;
    double decay = .3;
    Rule rule = new Rule(.8, .9, 1e-8, decay, 0, 0, 1);
    try (PointerScope scope = new PointerScope();
        Model model = Model.initial(new OneNumber(), Compute.FLOAT64, 0);
        Adam adam = new Adam(model, rule)) {
      model.set("p.weight", new double[] {1});
      Tensor p = model.tensors().get("p.weight");
      double expected = 1;
      double mean = 0;
      double square = 0;
      for (int step = 1; step <= 5; step++) {
        // Loshchilov and Hutter 2019, algorithm 2, for the loss p².
        double gradient = 2 * expected;
        mean = .8 * mean + .2 * gradient;
        square = .9 * square + .1 * gradient * gradient;
        double direction =
            mean / (1 - Math.pow(.8, step)) / (Math.sqrt(square / (1 - Math.pow(.9, step))) + 1e-8);
        expected = expected - rate * (direction + decay * expected);
        adam.zeroGradients();
        p.mul(p).sum().backward();
        adam.step(rate, step);
        assertThat(p.item_double()).isCloseTo(expected, within(1e-12));
      }
    }
  }

  @Test
  void gradientIsScaledToTheLargestNormAndShorterOnesAreLeft() {
    for (double most : new double[] {.5, 100}) {
      try (PointerScope scope = new PointerScope();
          Model model = Model.initial(new OneNumber(), Compute.FLOAT64, 0);
          Adam adam = new Adam(model, new Rule(.9, .999, 1e-8, 0, most, 0, 1))) {
        model.set("p.weight", new double[] {3});
        model.set("p.bias", new double[] {4});
        Tensor p = model.tensors().get("p.weight");
        Tensor q = model.tensors().get("p.bias");
        p.mul(p).sum().add(q.mul(q).sum()).backward();
        adam.clip();
        double norm = Math.hypot(p.grad().item_double(), q.grad().item_double());
        assertThat(norm).isCloseTo(Math.min(10, most), within(1e-6));
        assertThat(p.grad().item_double() / norm).isCloseTo(.6, within(1e-9));
      }
    }
  }

  @Test
  void averageFollowsItsFormula() {
    double decay = .5;
    try (PointerScope scope = new PointerScope();
        Model model = Model.initial(new OneNumber(), Compute.FLOAT64, 0)) {
      model.set("p.weight", new double[] {1});
      try (Average average = new Average(model, decay)) {
        double expected = 1;
        for (int step = 1; step <= 12; step++) {
          model.set("p.weight", new double[] {step * step});
          average.take(step);
          double kept = Math.min(decay, (1.0 + step) / (10.0 + step));
          expected = kept * expected + (1 - kept) * step * step;
          assertThat(average.tensors().get("p.weight").item_double())
              .isCloseTo(expected, within(1e-9));
        }
      }
    }
  }
}
