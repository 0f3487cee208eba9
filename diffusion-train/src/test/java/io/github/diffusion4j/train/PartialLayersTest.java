package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.train.Team.Work;
import io.github.diffusion4j.train.net.Conv;
import io.github.diffusion4j.train.net.Input;
import io.github.diffusion4j.train.net.Network;
import io.github.diffusion4j.train.net.Ops;
import io.github.diffusion4j.train.parameters.Values;
import io.github.diffusion4j.train.torch.Batch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that do not use the same layers in a step. */
class PartialLayersTest {

  @TempDir Path folder;

  /** A network with a layer that only the other worker uses, and one that none does. */
  private record Partial(int rank) implements Network {

    @Override
    public List<Input> inputs() {
      return List.of(new Input(Input.SAMPLE, List.of(1, 8, 8)));
    }

    @Override
    public <T> T forward(Ops<T> ops, Map<String, T> inputs) {
      T x = Input.of(inputs, Input.SAMPLE);
      T a = ops.conv("a", x, Conv.same(1, 1));
      T b = ops.conv("b", x, Conv.same(1, 1));
      ops.conv("c", x, Conv.same(1, 1));
      return rank == 0 ? a : b;
    }

    @Override
    public Map<String, Object> settings() {
      return Map.of("network", "partial");
    }
  }

  static final class PartialUse implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Training training = Blobs.TRAINING.objective(Objective.pureNoise());
      Network network = new Partial(workers.rank());
      try (Run run =
          Run.start(network, training, new Blobs(21), Optional.empty(), workers, Initial.RANDOM)) {
        Batches batches = run.batches();
        for (int i = 0; i < batches.count(); i++) {
          Batch batch = batches.batch(batches.order(1), i, i + 1);
          System.out.println(run.engine().step(batch, .01, i));
        }
        run.engine().state().forEach((name, values) -> System.out.println(sum(values)));
      }
    }

    private static double sum(Values values) {
      double sum = 0;
      for (float value : values.floats()) {
        sum += value;
      }
      return sum;
    }
  }

  @Test
  void layerOfOneWorkerIsTrainedOnBoth() throws Exception {
    try (Team team = Team.start(2, PartialUse.class, folder)) {
      // Steps, then the sums of both moments and of the parameters: all but those of c have moved.
      List<Double> said = team.losses();
      assertThat(said).hasSize(3 + 3 * 6).allMatch(Double::isFinite);
      assertThat(said.subList(3, 3 + 12).stream().filter(sum -> sum == 0)).hasSize(4);
    }
  }
}
