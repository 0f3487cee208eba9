package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.github.diffusion4j.train.Team.Work;
import io.github.diffusion4j.train.parameters.Outline;
import io.github.diffusion4j.train.parameters.Values;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several workers do what one process does. The last batch of an epoch does not divide evenly. */
class WorkersTest {

  private static final Blobs DATA = new Blobs(21);
  private static final Training SINGLE = Blobs.TRAINING.epochs(2);
  private static final Training DOUBLE = SINGLE.precision(Precision.FLOAT64);
  private static final Training MIXED = SINGLE.precision(Precision.BFLOAT16);

  @TempDir Path folder;

  /** Makes a whole run. */
  abstract static class Whole implements Work {

    private final Training training;
    private final Blobs data;
    private final UnaryOperator<Workers> change;

    Whole(Training training, Blobs data, UnaryOperator<Workers> change) {
      this.training = training;
      this.data = data;
      this.change = change;
    }

    @Override
    public void run(Workers workers, Path folder) {
      Workers all = change.apply(workers);
      try (Trainer trainer = Trainer.start(Blobs.NET, training, data, folder, all)) {
        Work.finish(trainer);
      }
    }
  }

  static final class LocalSingle extends Whole {
    LocalSingle() {
      super(SINGLE, DATA, UnaryOperator.identity());
    }
  }

  static final class LocalDouble extends Whole {
    LocalDouble() {
      super(DOUBLE.optimiser(OptimiserTest.ALL), DATA, UnaryOperator.identity());
    }
  }

  static final class SynchronisedSingle extends Whole {
    SynchronisedSingle() {
      super(SINGLE, DATA, Workers::synchronised);
    }
  }

  static final class SynchronisedMixed extends Whole {
    SynchronisedMixed() {
      super(MIXED, DATA, Workers::synchronised);
    }
  }

  /** One step, whose seven images do not divide evenly. */
  static final class OneStep extends Whole {

    static final Training TRAINING = Blobs.TRAINING.batch(7).epochs(1);

    OneStep() {
      super(TRAINING, new Blobs(7), UnaryOperator.identity());
    }
  }

  /** Runs one after the other, each waiting for another time, and one with other normalisation. */
  static final class InARow implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      for (String name : List.of("first", "second", "third")) {
        Duration patience = Duration.ofSeconds(60 + name.length());
        new Whole(SINGLE, DATA, all -> all.timeout(patience)) {}.run(workers, folder.resolve(name));
      }
      new SynchronisedSingle().run(workers, folder.resolve("fourth"));
    }
  }

  /** What the first layer sees does not depend on other images, so its mean is that of all. */
  @Test
  void runningStatisticsAreAveragedByImages() throws Exception {
    try (Trainer trainer =
        Trainer.start(Blobs.NET, OneStep.TRAINING, new Blobs(7), folder.resolve("alone"))) {
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
    }
    try (Team team = Team.start(2, OneStep.class, folder.resolve("together"))) {
      assertThat(team.losses()).hasSize(1);
    }
    String name =
        Outline.of(Blobs.NET).stream()
            .filter(parameter -> parameter.role() == Outline.Role.MEAN)
            .findFirst()
            .map(parameter -> "model." + parameter.name())
            .orElseThrow();
    double[] expected = doubles(Team.last(folder.resolve("alone")), name);
    double[] found = doubles(Team.last(folder.resolve("together")), name);
    assertThat(found).containsExactly(expected, within(1e-7)).doesNotContain(0);
  }

  /** Goes on from the first epoch, which one process has made. */
  static final class SynchronisedResumed implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Path own = workers.rank() == 0 ? folder : Path.of("nowhere");
      try (Trainer trainer = Trainer.resume(own, DATA, workers.synchronised())) {
        Work.finish(trainer);
      }
    }
  }

  private List<Double> alone(Training training) {
    List<Double> losses = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA, folder.resolve("alone"))) {
      trainer.forEach(epoch -> epoch.forEach(step -> losses.add(step.loss())));
    }
    return losses;
  }

  static void assertClose(List<Double> found, List<Double> expected, double bound) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(found.get(i)).as("step %d", i + 1).isCloseTo(expected.get(i), within(bound));
    }
  }

  /** Compares what is trained, or the mean of its gradients, or its running statistics. */
  private void assertClose(String prefix, boolean isTrained, double bound) {
    Checkpoint expected = Team.last(folder.resolve("alone"));
    Checkpoint found = Team.last(folder.resolve("together"));
    for (Outline.Parameter parameter : Outline.of(Blobs.NET)) {
      if (parameter.isTrained() == isTrained) {
        String name = prefix + parameter.name();
        double[] values = doubles(found, name);
        double[] others = doubles(expected, name);
        for (int i = 0; i < others.length; i++) {
          assertThat(values[i]).as(name).isCloseTo(others[i], within(bound));
        }
      }
    }
  }

  private static double[] doubles(Checkpoint checkpoint, String name) {
    Values values = Objects.requireNonNull(checkpoint.tensors().get(name), name);
    if (!values.isDouble()) {
      float[] floats = values.floats();
      double[] wide = new double[floats.length];
      for (int i = 0; i < wide.length; i++) {
        wide[i] = floats[i];
      }
      return wide;
    }
    double[] doubles = new double[values.bytes().remaining() / Double.BYTES];
    values.bytes().duplicate().order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(doubles);
    return doubles;
  }

  @Test
  void runsInARowOfTheSameWorkersAreTheSame() throws Exception {
    try (Team team = Team.start(2, InARow.class, folder)) {
      List<Double> losses = team.losses();
      assertThat(losses).hasSize(24);
      assertThat(losses.subList(6, 12)).isEqualTo(losses.subList(0, 6));
      assertThat(losses.subList(12, 18)).isEqualTo(losses.subList(0, 6));
      assertThat(losses.subList(18, 24)).isNotEqualTo(losses.subList(0, 6));
    }
  }

  @Test
  void twoWorkersAreOneProcessThatAddsUpTwoHalves() throws Exception {
    List<Double> expected = alone(SINGLE.optimiser(SINGLE.optimiser().accumulation(2)));
    try (Team team = Team.start(2, LocalSingle.class, folder.resolve("together"))) {
      assertClose(team.losses(), expected, 1e-5);
    }
    assertClose("adam.first.", true, 1e-5);
  }

  @Test
  void twoWorkersWithTwoPartsEachAreOneProcessWithFourInDoublePrecision() throws Exception {
    List<Double> expected = alone(DOUBLE.optimiser(OptimiserTest.ALL.accumulation(4)));
    try (Team team = Team.start(2, LocalDouble.class, folder.resolve("together"))) {
      assertClose(team.losses(), expected, 1e-10);
    }
    assertClose("adam.first.", true, 1e-10);
    assertClose("model.", true, 1e-10);
  }

  @Test
  void synchronisedWorkersAreOneProcessWithTheWholeBatch() throws Exception {
    List<Double> expected = alone(SINGLE);
    try (Team team = Team.start(3, SynchronisedSingle.class, folder.resolve("together"))) {
      assertClose(team.losses(), expected, 1e-4);
    }
    assertClose("adam.first.", true, 1e-4);
    assertClose("model.", false, 1e-4);
  }

  /** A bfloat16 has 8 binary digits, and the layers round in other places for other parts. */
  @Test
  void synchronisedWorkersInBfloat16AreOneProcessToItsRounding() throws Exception {
    List<Double> expected = alone(MIXED);
    try (Team team = Team.start(2, SynchronisedMixed.class, folder.resolve("together"))) {
      assertClose(team.losses(), expected, 1e-2);
    }
    assertClose("model.", false, 1e-2);
  }

  @Test
  void runOfOneProcessGoesOnWithTwo() throws Exception {
    List<Double> expected = alone(DOUBLE);
    Path run = folder.resolve("together");
    List<Double> found = new ArrayList<>();
    try (Trainer trainer = Trainer.start(Blobs.NET, DOUBLE, DATA, run)) {
      trainer.iterator().next().forEach(step -> found.add(step.loss()));
    }
    try (Team team = Team.start(2, SynchronisedResumed.class, run)) {
      found.addAll(team.losses());
    }
    assertClose(found, expected, 1e-10);
    assertClose("model.", true, 1e-10);
    assertClose("model.", false, 1e-10);
    assertThat(java.nio.file.Files.readAllLines(run.resolve("loss.csv")))
        .hasSize(1 + expected.size());
  }
}
