package io.github.diffusion4j.train.torch;

import static io.github.diffusion4j.train.torch.Doubles.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.UNet.TimeEffect;
import io.github.diffusion4j.train.parameters.Outline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sums, gradients and losses of the course's networks in float64, against PyTorch's. */
@SuppressWarnings("try") // scopes work by being open
class GoldenUNetTest {

  private static final List<String> ORDER =
      List.of(
          "conv1",
          "down1",
          "down2",
          "unflatten",
          "up1",
          "up2",
          "conv2",
          "out",
          "time1",
          "time2",
          "class1",
          "class2");

  record Golden(
      String name,
      UNet net,
      double evalSum,
      double evalSquares,
      double trainSum,
      double gradient,
      List<Double> losses) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Golden> goldens() {
    UNet net = UNet.width(4);
    return Stream.of(
        new Golden(
            "unconditional",
            net,
            376.185161,
            141.748375,
            275.894960,
            5.914750997,
            List.of(.7124749, .5954940, .4458583, .3854660, .3817359)),
        new Golden(
            "time",
            net.time(TimeEffect.SCALE),
            376.252996,
            141.784908,
            251.298636,
            5.514675710,
            List.of(.6800124, .6233032, .5444297, .4664362, .4417007)),
        new Golden(
            "class",
            net.time(TimeEffect.SCALE).classes(10),
            376.737538,
            142.053026,
            249.832794,
            3.725853952,
            List.of(.6837606, .7155857, .4970685, .4973911, .5151167)),
        new Golden(
            "DDPM time",
            net.time(TimeEffect.SHIFT),
            376.688918,
            142.027774,
            271.407235,
            Double.NaN,
            List.of()));
  }

  @BeforeAll
  static void oneThread() {
    Natives.load();
    torch.set_num_threads(1);
  }

  /** The sums of magnitudes of what lies between the layers. */
  @Test
  void activationsEqualPyTorchs() {
    try (PointerScope scope = new PointerScope();
        Model model = Model.initial(UNet.width(4), Compute.FLOAT64, 0)) {
      fill(model);
      List<Double> sums = new ArrayList<>();
      TorchOps ops =
          new TorchOps(model.tensors(), true, ScalarType.Double) {
            @Override
            public Tensor gelu(Tensor x) {
              Tensor y = super.gelu(x);
              sums.add(y.abs().sum().item_double());
              return y;
            }
          };
      UNet.width(4).forward(ops, inputs());
      // The last of conv1, down1, down2; the pixel; unflatten; the last of up1, up2.
      int[] places = {1, 4, 7, 8, 9, 12, 15};
      double[] expected = {
        2772.235606, 667.654394, 292.446914, 2.692132, 350.662959, 558.331009, 2244.210620
      };
      for (int i = 0; i < places.length; i++) {
        assertThat(sums.get(places[i])).isCloseTo(expected[i], within(1e-6));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  void equalsPyTorch(Golden golden) {
    try (PointerScope scope = new PointerScope();
        Model model = Model.initial(golden.net(), Compute.FLOAT64, 0)) {
      fill(model);
      Map<String, Tensor> inputs = inputs();
      Tensor eval = model.forward(inputs, false);
      assertThat(eval.sum().item_double()).isCloseTo(golden.evalSum(), within(1e-6));
      assertThat(eval.mul(eval).sum().item_double()).isCloseTo(golden.evalSquares(), within(1e-6));
      Tensor target = tensor(i -> Math.cos(.03 * i), 2, 1, 28, 28);
      Adam adam = new Adam(model, Rule.ADAM);
      for (int step = 0; step < Math.max(1, golden.losses().size()); step++) {
        Tensor out = model.forward(inputs, true);
        if (step == 0) {
          assertThat(out.sum().item_double()).isCloseTo(golden.trainSum(), within(1e-6));
        }
        if (golden.losses().isEmpty()) {
          return;
        }
        Tensor loss = torch.mse_loss(out, target);
        assertThat(loss.item_double())
            .isCloseTo(golden.losses().get(step), within(step == 0 ? 1e-6 : 1e-4));
        adam.zeroGradients();
        loss.backward();
        if (step == 0) {
          double squares = 0;
          for (Outline.Parameter p : model.outline()) {
            Tensor g = model.tensors().get(p.name()).grad();
            if (g.defined()) {
              squares += g.mul(g).sum().item_double();
            }
          }
          assertThat(Math.sqrt(squares)).isCloseTo(golden.gradient(), within(1e-6));
        }
        adam.step(1e-2, step + 1);
      }
    }
  }

  private static Map<String, Tensor> inputs() {
    Map<String, Tensor> inputs = new TreeMap<>();
    inputs.put("sample", tensor(i -> Math.sin(.05 * i), 2, 1, 28, 28));
    inputs.put("timestep", tensor(i -> i == 0 ? .25 : .75, 2));
    inputs.put("class", tensor(i -> i == 3 || i == 17 ? 1 : 0, 2, 10));
    return inputs;
  }

  private static void fill(Model model) {
    List<Outline.Parameter> ordered = new ArrayList<>();
    for (String block : ORDER) {
      model.outline().stream()
          .filter(p -> p.name().startsWith(block + ".") && p.isTrained())
          .forEach(ordered::add);
    }
    for (int j = 0; j < ordered.size(); j++) {
      Outline.Parameter p = ordered.get(j);
      double phase = 1.3 * j;
      double fan = p.elements() / (double) p.shape().get(0);
      double[] values = new double[p.elements()];
      for (int k = 0; k < values.length; k++) {
        double wave = Math.sin(.37 * k + phase);
        values[k] =
            switch (p.role()) {
              case WEIGHT -> wave * Math.sqrt(2 / fan);
              case BIAS -> .1 * wave;
              case SCALE -> 1;
              default -> 0;
            };
      }
      model.set(p.name(), values);
    }
  }
}
