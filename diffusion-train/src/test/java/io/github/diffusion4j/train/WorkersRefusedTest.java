package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.train.Team.Work;
import io.github.diffusion4j.train.data.Augmentation;
import io.github.diffusion4j.train.data.Dataset;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers that are not what they should be. */
class WorkersRefusedTest {

  private static final Blobs DATA = new Blobs(20);
  @TempDir Path folder;

  @Test
  void batchWithoutAnImageForEachWorkerIsRefused() {
    Workers workers = Workers.of(0, 3, "localhost", 29500);
    Training parts = Blobs.TRAINING.optimiser(Optimiser.adam(1e-2).accumulation(2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Batches(Blobs.NET, parts, DATA, workers))
        .withMessageContainingAll("3 workers in each of 2 parts", "got 4 of 20 images by 8");
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  private void assertUnmet(int rank, int port, String why) {
    Workers workers = Workers.of(rank, 2, "localhost", port).timeout(Duration.ofSeconds(1));
    assertThatExceptionOfType(DiffusionException.class)
        .isThrownBy(() -> Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder, workers))
        .withMessageContainingAll("MASTER_ADDR localhost", "MASTER_PORT " + port, why);
  }

  @Test
  void workersThatDoNotMeetAreNotWaitedForForever() throws IOException {
    assertUnmet(0, freePort(), "PT1S");
    assertUnmet(1, freePort(), "PT1S");
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      assertUnmet(1, silent.getLocalPort(), "PT1S");
    }
  }

  /** Worker 1 thinks that there is one more. */
  static final class OtherSize implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Map<String, String> environment = new TreeMap<>(System.getenv());
      environment.put("WORLD_SIZE", Integer.toString(2 + workers.rank()));
      Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder, Workers.from(environment)).close();
    }
  }

  @Test
  void otherNumbersOfWorkersAreNamedOnAll() throws Exception {
    try (Team team = Team.start(2, OtherSize.class, folder)) {
      String message = Team.FAILED + "all workers must have the same WORLD_SIZE: worker ";
      assertThat(team.rest(0)).containsExactly(message + "0 has 2, found 3 on worker 1");
      assertThat(team.rest(1)).containsExactly(message + "1 has 3, found 2 on worker 0");
    }
    assertThat(folder).isEmptyDirectory();
  }

  static final class OtherBatch implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Training training = Blobs.TRAINING.batch(8 + workers.rank());
      Trainer.start(Blobs.NET, training, DATA, folder, workers).close();
    }
  }

  @Test
  void otherSettingsAreNamedOnAllWorkers() throws Exception {
    try (Team team = Team.start(2, OtherBatch.class, folder)) {
      String message =
          Team.FAILED
              + "all workers must have the same training.batch: worker 0 has 8, found 9 on worker 1";
      assertThat(team.rest(0)).containsExactly(message);
      assertThat(team.rest(1)).containsExactly(message);
    }
    assertThat(folder).isEmptyDirectory();
  }

  /** Worker 0 starts a run, worker 1 goes on with one. */
  static final class StartAndResume implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      if (workers.rank() == 0) {
        Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder, workers).close();
      } else {
        Trainer.resume(folder, DATA, workers).close();
      }
    }
  }

  @Test
  void startOfOneWorkerAndResumingOfAnotherAreNamed() throws Exception {
    try (Team team = Team.start(2, StartAndResume.class, folder)) {
      String message =
          Team.FAILED
              + "all workers must have the same beginning of the run: worker 0 has \"start\","
              + " found \"resume\" on worker 1";
      assertThat(team.rest(0)).containsExactly(message);
      assertThat(team.rest(1)).containsExactly(message);
    }
    assertThat(folder).isEmptyDirectory();
  }

  static final class TooFewImages implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Dataset data = new Blobs(workers.rank() == 1 ? 7 : 20);
      Trainer.start(Blobs.NET, Blobs.TRAINING, data, folder, workers).close();
    }
  }

  @Test
  void dataThatOneWorkerCannotTakeEndAllAtOnce() throws Exception {
    try (Team team = Team.start(2, TooFewImages.class, folder)) {
      assertThat(team.rest(0).toString())
          .contains(
              "worker 1 has failed in the settings and the data: batch must be at most the size of data set");
      assertThat(team.rest(1).toString()).contains("batch must be at most the size of data set");
    }
    assertThat(folder).isEmptyDirectory();
  }

  /** Worker 1 cannot tell the digest of its data. */
  static final class Unreadable implements Work {

    private record Broken() implements Augmentation {

      @Override
      public Tensor apply(Tensor image, RandomGenerator random) {
        return image;
      }

      @Override
      public String name() {
        throw new DiffusionException("a file cannot be read");
      }
    }

    @Override
    public void run(Workers workers, Path folder) {
      Dataset data = workers.rank() == 1 ? DATA.augmented(new Broken()) : DATA;
      Trainer.start(Blobs.NET, Blobs.TRAINING, data, folder, workers).close();
    }
  }

  @Test
  void dataThatOneWorkerCannotReadEndAllAtOnce() throws Exception {
    try (Team team = Team.start(2, Unreadable.class, folder)) {
      assertThat(team.rest(0).toString())
          .contains("worker 1 has failed in the settings and the data: a file cannot be read");
      assertThat(team.rest(1).toString()).contains("a file cannot be read");
    }
  }

  static final class OtherData implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Trainer.resume(folder, new Blobs(20 + workers.rank()), workers).close();
    }
  }

  @Test
  void otherDataOfAResumedRunAreNamedOnAllWorkers() throws Exception {
    Training training = Blobs.TRAINING.epochs(1);
    try (Trainer trainer = Trainer.start(Blobs.NET, training, DATA, folder)) {
      trainer.forEach(epoch -> epoch.forEach(step -> {}));
    }
    try (Team team = Team.start(2, OtherData.class, folder)) {
      assertThat(team.rest(0).toString())
          .contains("worker 1 has failed in the data", "expected size 20, found 21");
      assertThat(team.rest(1).toString()).contains("expected size 20, found 21");
    }
  }

  static final class Start implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder, workers).close();
    }
  }

  @Test
  void failureOfTheFirstIsToldToTheOthers() throws Exception {
    Files.createFile(folder.resolve("epoch-0001.safetensors"));
    try (Team team = Team.start(2, Start.class, folder)) {
      assertThat(team.rest(0).toString()).contains("holds a run already");
      assertThat(team.rest(1).toString()).contains("worker 0 has failed", "holds a run already");
    }
  }

  static final class HastyStart implements Work {
    @Override
    public void run(Workers workers, Path folder) {
      Workers hasty = workers.timeout(Duration.ofSeconds(15));
      Trainer.start(Blobs.NET, Blobs.TRAINING, DATA, folder, hasty).close();
    }
  }

  @Test
  void rankThatIsTakenIsRefused() throws Exception {
    try (Team team = new Team(3)) {
      for (int rank : new int[] {0, 1, 1}) {
        team.add(rank, HastyStart.class, folder);
      }
      assertThat(team.rest(0).toString()).contains("has not heard from worker 2");
      assertThat(team.rest(1).toString() + team.rest(2))
          .containsOnlyOnce("found RANK 1 twice")
          .containsOnlyOnce("worker 1 of 3");
    }
  }
}
