package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OrtException;
import io.github.diffusion4j.Conditioning;
import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Query;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.train.export.OnnxRun;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.NetworkFamily;
import io.github.diffusion4j.train.net.Ops;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of networks that are not the library's, by a family in META-INF/services. */
class OwnFamilyTest {

  private static final Blobs DATA = new Blobs(20);

  @TempDir Path folder;

  /** A residual block between two layers. */
  private record Residual(int features, String kind) implements Network {

    Residual {
      if (features < 1) {
        throw new IllegalArgumentException("features must be at least 1, got " + features);
      }
    }

    @Override
    public List<Input> inputs() {
      return List.of(new Input(Input.SAMPLE, List.of(1, 8, 8)));
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T x = ops.convNorm("in", Input.of(inputs, Input.SAMPLE), Conv.same(1, features));
      T change = ops.convNorm("block", ops.gelu(x), Conv.same(features, features));
      return ops.conv("out", ops.gelu(ops.add(x, change)), Conv.same(features, 1));
    }

    @Override
    public Map<String, Object> settings() {
      return new TreeMap<>(Map.of("network", kind, "features", features));
    }
  }

  /** What the file names. */
  public static class Shallow implements NetworkFamily {

    /** For the service loader. */
    public Shallow() {}

    @Override
    public String name() {
      return "shallow";
    }

    @Override
    public Network of(Map<String, Object> settings) {
      int features = (Integer) settings.get("features");
      return new Residual(features > 50 ? 50 : features, name());
    }
  }

  private static List<Double> losses(Trainer trainer) {
    List<Double> losses = new ArrayList<>();
    trainer.forEach(epoch -> epoch.forEach(step -> losses.add(step.loss())));
    return losses;
  }

  private void assertExportEquals(TrainedDenoiser trained, Network network) throws OrtException {
    Path file = folder.resolve("shallow.onnx");
    trained.exportOnnx(file);
    float[] waves = Blobs.waves();
    Tensor image = Tensor.of(Shape.images(1, 1, 8, 8), waves);
    Query query = new Query(image, trained.schedule().at(1), Conditioning.none());
    try (OnnxRun run = new OnnxRun(file)) {
      float[] found = run.predict(network, Map.of(Input.SAMPLE, waves), 1);
      float[] expected = trained.estimate(query).clean().toArray();
      assertThat(found).containsExactly(expected, within(1e-4f));
    }
  }

  @Test
  void runOfAnOwnFamilyGoesOnBitForBitAndItsNetworkOpens() throws OrtException {
    Network network = new Residual(3, "shallow");
    Training training = Training.denoising(.5).batch(8).epochs(3).threads(1);
    List<Double> whole;
    try (Trainer trainer = Trainer.start(network, training, DATA)) {
      whole = losses(trainer);
    }
    try (Trainer trainer = Trainer.start(network, training, DATA, folder)) {
      trainer.iterator().next().forEach(step -> {});
    }
    try (Trainer trainer = Trainer.resume(folder, DATA)) {
      assertThat(losses(trainer)).isEqualTo(whole.subList(3, 9));
    }
    try (TrainedDenoiser opened = TrainedDenoiser.open(folder)) {
      assertThat(opened.metadata().get("diffusion4j.network"))
          .isEqualTo("{\"features\":3,\"network\":\"shallow\"}");
      assertExportEquals(opened, network);
    }
  }

  @Test
  void networkOfNoFamilyIsRefusedAtTheStartAndSettingsOfNoneWhenRead() {
    Training training = Training.denoising(.5).batch(8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(new Residual(3, "deep"), training, DATA, folder))
        .withMessageContaining(
            "NetworkFamily that ServiceLoader finds, which are [shallow, toned], got deep");
    Network network = new Residual(3, "shallow");
    try (Trainer trainer = Trainer.start(network, training.epochs(1), DATA, folder)) {
      losses(trainer);
    }
    Path file = folder.resolve("epoch-0001.safetensors");
    Safetensors saved = Safetensors.read(file);
    for (String features : List.of("0", "\"many\"", "51")) {
      Map<String, String> metadata = new TreeMap<>(saved.metadata());
      metadata.put("network", "{\"network\":\"shallow\",\"features\":" + features + "}");
      new Safetensors(metadata, saved.tensors()).write(file);
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> TrainedDenoiser.open(file))
          .withMessageContaining(file.toString())
          .withMessageContaining("family shallow ")
          .withMessageContaining("\"features\":" + features);
    }
  }

  /** A network that is not what its settings say. */
  private record Other(Network inner, Map<String, Object> settings) implements Network {

    @Override
    public List<Input> inputs() {
      return inner.inputs();
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      return ops.gelu(inner.forward(ops, inputs));
    }
  }

  @Test
  void settingsOfAnotherNetworkOrNoJsonAreRefusedAtTheStart() {
    Training training = Training.denoising(.5).batch(8);
    UNet unet = UNet.width(2).images(1, 8);
    for (Network inner : List.of(unet, new Residual(3, "shallow"))) {
      assertThatIllegalArgumentException()
          .isThrownBy(
              () -> Trainer.start(new Other(inner, inner.settings()), training, DATA, folder))
          .withMessageContaining("Other of settings")
          .withMessageContaining("of which a " + inner.getClass().getName());
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Trainer.start(
                    new Other(unet, Map.of("network", new Object())), training, DATA, folder))
        .withMessageContaining("cannot be written as JSON");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(new Residual(51, "shallow"), training, DATA, folder))
        .withMessageContaining("\"features\":51")
        .withMessageContaining("\"features\":50");
  }

  /** Of the same name. */
  public static final class Twin extends Shallow {}

  /** Of a name that the library has. */
  public static final class Second extends Shallow {
    @Override
    public String name() {
      return "ResidualUNet";
    }
  }

  @Test
  void familiesOfOneNameAndMissingClassesAreRefused() throws IOException {
    Network network = new Residual(3, "shallow");
    Training training = Training.denoising(.5).batch(8);
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    for (String found : List.of(Twin.class.getName(), Second.class.getName(), "gone.Family")) {
      Files.writeString(services.resolve(NetworkFamily.class.getName()), found);
      Thread thread = Thread.currentThread();
      ClassLoader before = thread.getContextClassLoader();
      try (URLClassLoader both = new URLClassLoader(new URL[] {folder.toUri().toURL()}, before)) {
        thread.setContextClassLoader(both);
        assertThatExceptionOfType(DiffusionException.class)
            .isThrownBy(() -> Trainer.start(network, training, DATA, folder.resolve("run")))
            .withMessageContaining("NetworkFamily")
            .withMessageContaining(found);
      } finally {
        thread.setContextClassLoader(before);
      }
    }
  }
}
