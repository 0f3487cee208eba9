package io.github.diffusion4j.train.torch;

import static io.github.diffusion4j.train.torch.Doubles.tensor;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.diffusion4j.train.ResidualUNet;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.parameters.Outline;
import java.io.IOException;
import java.io.InputStream;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The network of residual blocks in float64, against diffusers': src/test/python. */
@SuppressWarnings("try") // scopes work by being open
class GoldenResidualUNetTest {

  private static final ResidualUNet TIMED =
      ResidualUNet.of(8, 1, 2, 3).images(1, 8).attention(2, 8).headFeatures(4).groups(2).time();

  @BeforeAll
  static void oneThread() {
    Threads.use(1);
  }

  private static JsonNode goldens() throws IOException {
    try (InputStream in =
        GoldenResidualUNetTest.class.getResourceAsStream("/goldens/residual_unet.json")) {
      return new ObjectMapper().readTree(Objects.requireNonNull(in));
    }
  }

  private static Map<String, Tensor> inputs() {
    return Map.of(
        Input.SAMPLE,
        tensor(i -> Math.sin(.05 * i), 2, 1, 8, 8),
        Input.TIME,
        tensor(new double[] {.25, .75}, 2),
        Input.CLASS,
        tensor(new double[] {0, 0, 1, 0, 0, 1, 0, 0}, 2, 4),
        Input.TEXT,
        tensor(i -> Math.sin(.21 * i), 2, 3, 5));
  }

  private static void fill(Model model) {
    List<Outline.Parameter> sorted =
        model.outline().stream().sorted(Comparator.comparing(Outline.Parameter::name)).toList();
    for (int j = 0; j < sorted.size(); j++) {
      Outline.Parameter p = sorted.get(j);
      double phase = 1.3 * j;
      double gain = Math.sqrt(2.0 * p.shape().get(0) / p.elements());
      model.set(
          p.name(),
          IntStream.range(0, p.elements())
              .mapToDouble(k -> Math.sin(.37 * k + phase))
              .map(
                  value ->
                      switch (p.role()) {
                        case WEIGHT -> gain * value;
                        case SCALE -> 1 + .1 * value;
                        default -> .1 * value;
                      })
              .toArray());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"timed", "told"})
  void equalsDiffusers(String name) throws IOException {
    JsonNode golden = goldens().path(name);
    ResidualUNet network = name.equals("timed") ? TIMED : TIMED.classes(4).text(3, 5);
    try (PointerScope scope = new PointerScope();
        Model model = Model.initial(network, Compute.FLOAT64, 0)) {
      fill(model);
      assertThat(model.outline().stream().mapToInt(Outline.Parameter::elements).sum())
          .isEqualTo(golden.path("parameters").intValue());
      Map<String, Tensor> inputs = inputs();
      double[] predicted = Doubles.values(model.forward(inputs, false));
      assertThat(predicted).hasSize(golden.path("predicted").size());
      for (int i = 0; i < predicted.length; i++) {
        assertThat(predicted[i])
            .isCloseTo(golden.path("predicted").path(i).doubleValue(), within(1e-9));
      }
      Tensor target = tensor(i -> Math.cos(.03 * i), 2, 1, 8, 8);
      Adam adam = new Adam(model, Rule.ADAM);
      JsonNode losses = golden.path("losses");
      for (int step = 0; step < losses.size(); step++) {
        Tensor loss = torch.mse_loss(model.forward(inputs, true), target);
        assertThat(loss.item_double())
            .as("step %d", step + 1)
            .isCloseTo(losses.path(step).doubleValue(), within(1e-6));
        adam.zeroGradients();
        loss.backward();
        if (step == 0) {
          assertGradients(model, golden.path("gradients"));
        }
        adam.step(1e-3, step + 1);
      }
    }
  }

  private static void assertGradients(Model model, JsonNode gradients) {
    assertThat(gradients.size()).isEqualTo(model.outline().size());
    for (Outline.Parameter p : model.outline()) {
      Tensor gradient = model.tensor(p.name()).grad();
      Tensor places = tensor(Math::sin, gradient.sizes().vec().get());
      assertThat(gradient.mul(places).sum().item_double())
          .as(p.name())
          .isCloseTo(gradients.path(p.name()).doubleValue(), within(1e-9));
    }
  }

  @Test
  void timeMayBeToldInSteps() {
    try (PointerScope scope = new PointerScope();
        Model unit = Model.initial(TIMED, Compute.FLOAT64, 1);
        Model steps = Model.initial(TIMED.time(1), Compute.FLOAT64, 1)) {
      Map<String, Tensor> inputs = new HashMap<>(inputs());
      double[] expected = Doubles.values(unit.forward(inputs, false));
      assertThat(Doubles.values(steps.forward(inputs, false))).isNotEqualTo(expected);
      inputs.put(Input.TIME, tensor(new double[] {250, 750}, 2));
      assertThat(Doubles.values(steps.forward(inputs, false)))
          .containsExactly(expected, within(1e-12));
    }
  }

  @Test
  void sinusoidsAreThoseOfDiffusers() throws IOException {
    try (PointerScope scope = new PointerScope()) {
      TorchOps ops = new TorchOps(Map.of(), false, ScalarType.Double);
      Tensor told = ops.sinusoids(tensor(new double[] {.25, .003}, 2), 6, 1000);
      double[] found = Doubles.values(told);
      JsonNode rows = goldens().path("sinusoids");
      for (int i = 0; i < found.length; i++) {
        // in float32 there
        assertThat(found[i]).isCloseTo(rows.path(i / 6).path(i % 6).doubleValue(), within(1e-5));
      }
    }
  }
}
