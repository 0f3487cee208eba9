package io.github.diffusion4j.train.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.UNet.TimeEffect;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.Ops;
import io.github.diffusion4j.train.parameters.Outline;
import io.github.diffusion4j.train.parameters.Values;
import io.github.diffusion4j.train.torch.Batch;
import io.github.diffusion4j.train.torch.Compute;
import io.github.diffusion4j.train.torch.Engine;
import io.github.diffusion4j.train.torch.Group;
import io.github.diffusion4j.train.torch.Rule;
import io.github.diffusion4j.train.torch.Threads;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What ONNX Runtime computes with an exported network against what LibTorch computes. */
class ExportedGraphTest {

  private static final UNet COURSE = UNet.width(64).time(TimeEffect.SCALE).classes(10);

  @TempDir Path folder;

  @BeforeAll
  static void oneThread() {
    Threads.use(1);
  }

  /** A network of one's own that joins tokens of its image with those of its text. */
  private record Joining() implements Network {

    @Override
    public List<Input> inputs() {
      return List.of(
          new Input(Input.SAMPLE, List.of(2, 6, 4)), new Input(Input.TEXT, List.of(3, 4)));
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T x = ops.conv("in", Input.of(inputs, Input.SAMPLE), Conv.same(2, 6));
      T pixels = ops.tokens(ops.silu(ops.groupNorm("norm", x, 6, 3)));
      T text = ops.gelu(ops.linear("text", Input.of(inputs, Input.TEXT), 4, 6));
      T both = ops.concat(pixels, text);
      T keys = ops.linear("keys", both, 6, 6);
      T found = ops.add(pixels, ops.attention(pixels, keys, both, 3, 2));
      return ops.conv("out", ops.image(found, 6, 4), Conv.same(6, 2));
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of();
    }
  }

  static Stream<Network> forms() {
    return Stream.of(Forms.all(), Forms.residual(), Stream.of(COURSE, new Joining()))
        .flatMap(networks -> networks);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void exportedGraphEqualsLibTorch(Network network) throws OrtException {
    try (Engine engine = Engine.training(network, Compute.FLOAT32, 1, Rule.ADAM, Group.ALONE)) {
      engine.restore(withRandomModel(engine.state(), network, false), 0);
      assertExportEquals(engine, network);
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void trainedGraphEqualsLibTorch(Network network) throws OrtException {
    try (Engine engine = Engine.training(network, Compute.FLOAT32, 1, Rule.ADAM, Group.ALONE)) {
      engine.step(batch(network), 1e-2, 5);
      engine.step(batch(network), 1e-2, 6);
      assertExportEquals(engine, network);
    }
  }

  private static Batch batch(Network network) {
    Map<String, float[]> inputs = Forms.inputs(network, 4, 7);
    float[] images = inputs.remove(Input.SAMPLE);
    float[] ones = {1, 1, 1, 1};
    float[] some = {.2f, .4f, .6f, .8f};
    List<Integer> image = network.inputs().get(0).shape();
    long[] shape = {4, image.get(0), image.get(1), image.get(2)};
    return new Batch(shape, images, some, ones, ones, some, new float[0], inputs);
  }

  @Test
  void float64NetworkIsExportedAsFloat32() throws OrtException {
    UNet network = UNet.width(4).time(TimeEffect.SCALE).classes(10);
    try (Engine engine = Engine.training(network, Compute.FLOAT64, 1, Rule.ADAM, Group.ALONE)) {
      engine.restore(withRandomModel(engine.state(), network, true), 0);
      assertExportEquals(engine, network);
    }
  }

  private void assertExportEquals(Engine engine, Network network) throws OrtException {
    Path file = folder.resolve("net.onnx");
    Map<String, Values> state = engine.state();
    Parameters parameters = name -> Objects.requireNonNull(state.get("model." + name)).floats();
    OnnxExport.write(network, parameters, Map.of(), file);
    try (OnnxRun run = new OnnxRun(file)) {
      for (int batch : new int[] {1, 4, 40}) {
        Map<String, float[]> inputs = Forms.inputs(network, batch, batch);
        float[] expected = engine.predict(inputs, batch);
        float[] found = run.predict(network, inputs, batch);
        assertThat(found).hasSameSizeAs(expected);
        double largest = 0;
        double power = 0;
        for (int i = 0; i < found.length; i++) {
          assertThat(found[i]).isFinite();
          largest = Math.max(largest, Math.abs(found[i] - expected[i]));
          power += (double) expected[i] * expected[i] / expected.length;
        }
        assertThat(power).as("the prediction is not nothing").isGreaterThan(1e-5);
        assertThat(largest).as("%s, batch %d", network, batch).isLessThanOrEqualTo(1e-4);
      }
    }
  }

  private static Map<String, Values> withRandomModel(
      Map<String, Values> state, Network network, boolean isDouble) {
    RandomParameters random = new RandomParameters(network, 3);
    Map<String, Values> changed = new TreeMap<>(state);
    for (Outline.Parameter parameter : Outline.of(network)) {
      float[] values = random.values(parameter.name());
      ByteBuffer bytes =
          ByteBuffer.allocate(values.length * (isDouble ? Double.BYTES : Float.BYTES))
              .order(ByteOrder.LITTLE_ENDIAN);
      for (float value : values) {
        if (isDouble) {
          bytes.putDouble(value);
        } else {
          bytes.putFloat(value);
        }
      }
      changed.put(
          "model." + parameter.name(), new Values(isDouble, parameter.shape(), bytes.flip()));
    }
    return changed;
  }
}
