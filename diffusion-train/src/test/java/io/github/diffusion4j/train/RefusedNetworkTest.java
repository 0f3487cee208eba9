package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.train.data.Dataset;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.Ops;
import io.github.diffusion4j.train.parameters.Outline;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that cannot be trained, or not on the data. */
class RefusedNetworkTest {

  private static final Blobs DATA = new Blobs(20);

  @TempDir Path folder;

  /** Two inputs, one of which no data set has, or two layers of one name. */
  private record Odd(boolean hasForeignInput) implements Network {

    @Override
    public List<Input> inputs() {
      Input sample = new Input(Input.SAMPLE, List.of(1, 8, 8));
      return hasForeignInput ? List.of(sample, new Input("depth", List.of(1))) : List.of(sample);
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T x = ops.conv("layer", Input.of(inputs, Input.SAMPLE), Conv.same(1, 1));
      return ops.conv("layer", x, Conv.same(1, 1));
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("network", "odd");
    }
  }

  @Test
  void inputsThatNoDataSetHasAndLayersOfOneNameAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(new Odd(true), Blobs.TRAINING, DATA))
        .withMessageContaining("got an input named depth");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(new Odd(false), Blobs.TRAINING, DATA))
        .withMessageContaining("got layer.weight twice");
  }

  @Test
  void inputsOfTheNamesOfOtherValuesAreRefused() {
    for (String name : List.of("out_sample", "0/conv")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Input(name, List.of(1)))
          .withMessageContaining("must have no slash and not be out_sample, got " + name);
    }
    Input sample = new Input(Input.SAMPLE, List.of(1, 8, 8));
    Network net = new Wrong(List.of(sample, new Input("layer.bias", List.of(1))), true);
    Dataset told = DATA.conditioned("layer.bias", List.of(1), i -> new float[1]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(net, Blobs.TRAINING, told))
        .withMessageContaining("names of their own, got layer.bias twice");
  }

  /** Inputs of some names, and a layer that its prediction may not use. */
  private record Wrong(List<Input> inputs, boolean hasParameters) implements Network {

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T x = Input.of(inputs, Input.SAMPLE);
      T y = ops.conv("layer", x, Conv.same(1, 1));
      return hasParameters ? y : ops.gelu(x);
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("network", "wrong");
    }
  }

  @Test
  void inputsThatAreNotSampleAndOthersOfOtherNamesAreRefused() {
    Input sample = new Input(Input.SAMPLE, List.of(1, 8, 8));
    Input time = new Input(Input.TIME, List.of());
    for (List<Input> inputs :
        List.of(List.<Input>of(), List.of(time, sample), List.of(sample, time, time))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Trainer.start(new Wrong(inputs, true), Blobs.TRAINING, DATA))
          .withMessageContaining("inputs must be sample and then others")
          .withMessageContaining(inputs.stream().map(Input::name).toList().toString());
    }
  }

  @Test
  void predictionThatDependsOnNoParameterIsNamedInTheFirstStep() {
    Input sample = new Input(Input.SAMPLE, List.of(1, 8, 8));
    try (Trainer trainer = Trainer.start(new Wrong(List.of(sample), false), Blobs.TRAINING, DATA)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> trainer.iterator().next().iterator().next())
          .withMessageContaining("must depend on parameters");
    }
  }

  @Test
  void whatANetworkThrowsInAStepComesAsItIs() {
    AtomicReference<Runnable> watch = new AtomicReference<>(() -> {});
    RuntimeException own = new RuntimeException("the network's own");
    Network network = new OneLayer(Conv.same(1, 1), () -> watch.get().run());
    try (Trainer trainer = Trainer.start(network, Blobs.TRAINING, DATA)) {
      Iterator<TrainingStep> steps = trainer.iterator().next().iterator();
      steps.next();
      watch.set(
          () -> {
            throw own;
          });
      assertThatThrownBy(steps::next).isSameAs(own);
    }
  }

  @Test
  void trainerCannotBeUsedWithinItsOwnStep() {
    AtomicReference<Runnable> watch = new AtomicReference<>(() -> {});
    Network network = new OneLayer(Conv.same(1, 1), () -> watch.get().run());
    try (Trainer trainer = Trainer.start(network, Blobs.TRAINING, DATA)) {
      Iterator<TrainingStep> steps = trainer.iterator().next().iterator();
      List<Runnable> uses = List.of(steps::next, trainer::close, trainer::save, trainer::denoiser);
      List<String> refused = new ArrayList<>();
      watch.set(
          () -> {
            for (Runnable use : uses) {
              assertThatIllegalStateException()
                  .isThrownBy(use::run)
                  .satisfies(e -> refused.add(e.getMessage()));
            }
          });
      assertThat(steps.next().number()).isEqualTo(1);
      assertThat(refused).hasSize(4).allMatch(text -> text.startsWith("a step is being made"));
      watch.set(() -> {});
      assertThat(steps.next().number()).isEqualTo(2);
    }
  }

  @Test
  void networkTooLargeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UNet.width(1_000_000))
        .withMessageContaining("width must be in [1, 1024], got 1000000");
    UNet wide = UNet.width(1024).images(1, 64);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Outline.of(wide))
        .withMessageContaining("a parameter has at most 268435456 values, got unflatten");
  }

  /** One layer, and something else, whenever it computes. */
  private record OneLayer(Conv layer, Runnable watch) implements Network {

    @Override
    public List<Input> inputs() {
      return List.of(new Input(Input.SAMPLE, List.of(1, 8, 8)));
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      watch.run();
      return ops.conv("layer", Input.of(inputs, Input.SAMPLE), layer);
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("network", "one layer");
    }
  }

  @Test
  void networkThatPredictsAnotherShapeIsRefused() {
    for (Conv layer : List.of(new Conv(1, 1, 8, 1, 0, false), Conv.same(1, 3))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Trainer.start(new OneLayer(layer, () -> {}), Blobs.TRAINING, DATA))
          .withMessageContaining("must predict what it is shown, of shape [1, 8, 8], got [");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Conv(1, 1, 3, 0, 1, false))
        .withMessage("stride must be in [1, 4096], got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Input("size", List.of(0)))
        .withMessage("axes of input size must be at least 1, got 0");
  }

  @Test
  void networkForOtherImagesIsRefusedBeforeTheFolderIsMade() {
    Path run = folder.resolve("run");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(Blobs.NET.images(3, 8), Blobs.TRAINING, DATA, run))
        .withMessageContaining("[3, 8, 8]")
        .withMessageContaining("[1, 8, 8]");
    assertThat(run).doesNotExist();
  }

  /** Its innermost layers see one pixel, so a batch of one has nothing to be normalised by. */
  @Test
  void singleImageThatCannotBeNormalisedIsRefusedAtTheStart() {
    UNet small = UNet.width(4).images(1, 4);
    Dataset dots = new Dots(.5f);
    Training training = Blobs.TRAINING.batch(4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(small, training, dots.first(13)))
        .withMessageContainingAll("down2.resize normalises over batch", "batch of 1 in 1 part(s)");
    Training parts = training.optimiser(training.optimiser().accumulation(4));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Trainer.start(small, parts, dots))
        .withMessageContaining("got a batch of 4 in 4 part(s)");
    Trainer.start(small, training, dots.first(14)).close();
  }

  /** So steep that the squares of gradients overflow, and updates become 0. */
  private record Steep() implements Network {

    @Override
    public List<Input> inputs() {
      return List.of(new Input(Input.SAMPLE, List.of(1, 4, 4)));
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T x = ops.conv("layer", Input.of(inputs, Input.SAMPLE), Conv.same(1, 1));
      for (int i = 0; i < 40; i++) {
        x = ops.add(x, x);
      }
      return x;
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("network", "steep");
    }
  }

  @Test
  void momentThatIsNotFiniteEndsTheRun() {
    try (Trainer trainer = Trainer.start(new Steep(), Blobs.TRAINING, new Dots(.5f))) {
      assertThatThrownBy(() -> trainer.forEach(epoch -> epoch.forEach(step -> {})))
          .isInstanceOf(DiffusionException.class)
          .hasMessageContaining("adam.second.layer.bias is not finite after step 3");
    }
  }
}
