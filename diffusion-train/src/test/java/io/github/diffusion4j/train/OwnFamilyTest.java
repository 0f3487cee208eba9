package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.NetworkFamily;
import io.github.diffusion4j.train.net.Ops;
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

  /** Two layers. */
  private record TwoLayers(int features, String kind) implements Network {

    TwoLayers {
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
      return ops.conv("out", ops.gelu(x), Conv.same(features, 1));
    }

    @Override
    public Map<String, Object> settings() {
      return new TreeMap<>(Map.of("network", kind, "features", features));
    }
  }

  /** What the file names. */
  public static final class Shallow implements NetworkFamily {

    /** For the service loader. */
    public Shallow() {}

    @Override
    public String name() {
      return "shallow";
    }

    @Override
    public Network of(Map<String, Object> settings) {
      return new TwoLayers((Integer) settings.get("features"), name());
    }
  }

  private static List<Double> losses(Trainer trainer) {
    List<Double> losses = new ArrayList<>();
    trainer.forEach(epoch -> epoch.forEach(step -> losses.add(step.loss())));
    return losses;
  }

  @Test
  void runOfAnOwnFamilyGoesOnBitForBitAndItsNetworkOpens() {
    Network network = new TwoLayers(3, "shallow");
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
      opened.exportOnnx(folder.resolve("shallow.onnx"));
    }
  }

  @Test
  void networkOfNoFamilyIsRefusedAtTheStartAndSettingsOfNoneWhenRead() {
    Training training = Training.denoising(.5).batch(8);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(new TwoLayers(3, "deep"), training, DATA, folder))
        .withMessageContaining("NetworkFamily that is found, which are [shallow], got deep");
    Network network = new TwoLayers(3, "shallow");
    try (Trainer trainer = Trainer.start(network, training.epochs(1), DATA, folder)) {
      losses(trainer);
    }
    Path file = folder.resolve("epoch-0001.safetensors");
    Safetensors saved = Safetensors.read(file);
    for (String features : List.of("0", "\"many\"")) {
      Map<String, String> metadata = new TreeMap<>(saved.metadata());
      metadata.put("network", "{\"network\":\"shallow\",\"features\":" + features + "}");
      new Safetensors(metadata, saved.tensors()).write(file);
      assertThatExceptionOfType(DiffusionException.class)
          .isThrownBy(() -> TrainedDenoiser.open(file))
          .withMessageContaining(file.toString())
          .withMessageContaining("family shallow cannot build a network of");
    }
  }
}
