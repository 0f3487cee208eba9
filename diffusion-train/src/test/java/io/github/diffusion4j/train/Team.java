package io.github.diffusion4j.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.diffusion4j.DiffusionException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Workers in processes of their own, which say what they do. */
final class Team implements AutoCloseable {

  static final String FAILED = "failed: ";
  private static final int PATIENCE = 120;

  private final List<Process> processes = new ArrayList<>();
  private final List<BufferedReader> outputs = new ArrayList<>();
  private final String port;
  private final int size;

  Team(int size) throws IOException {
    this.size = size;
    try (ServerSocket free = new ServerSocket(0)) {
      this.port = Integer.toString(free.getLocalPort());
    }
  }

  /** A worker that does what a test's {@code Work} says. */
  static final class Worker {

    private Worker() {}

    public static void main(String[] arguments) throws Exception {
      Work work =
          Class.forName(arguments[0]).asSubclass(Work.class).getDeclaredConstructor().newInstance();
      try {
        work.run(Workers.fromEnvironment().timeout(Duration.ofSeconds(60)), Path.of(arguments[1]));
      } catch (DiffusionException | IllegalArgumentException e) {
        System.out.println(FAILED + e.getMessage());
      }
    }
  }

  /** What a worker does. */
  interface Work {

    void run(Workers workers, Path folder) throws Exception;

    /** Makes all steps and says the loss of each. */
    static void finish(Trainer trainer) {
      for (Epoch epoch : trainer) {
        for (TrainingStep step : epoch) {
          System.out.println(step.loss());
        }
      }
    }
  }

  /** Starts all workers with the same work. */
  static Team start(int size, Class<? extends Work> work, Path folder) throws IOException {
    Team team = new Team(size);
    for (int rank = 0; rank < size; rank++) {
      team.add(rank, work, folder);
    }
    return team;
  }

  /** Starts one more worker. */
  void add(int rank, Class<? extends Work> work, Path folder) throws IOException {
    Map<String, String> environment =
        Map.of(
            "RANK",
            Integer.toString(rank),
            "WORLD_SIZE",
            Integer.toString(size),
            "MASTER_ADDR",
            "localhost",
            "MASTER_PORT",
            port);
    Process process =
        Child.start(
            List.of(),
            Worker.class,
            List.of("-Xmx256m"),
            environment,
            work.getName(),
            folder.toString());
    processes.add(process);
    outputs.add(
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
  }

  /** The next that a worker says. */
  String next(int worker) throws IOException {
    String line = outputs.get(worker).readLine();
    while (line != null && line.startsWith("[Gloo]")) {
      line = outputs.get(worker).readLine();
    }
    return String.valueOf(line);
  }

  /** All that a worker has left to say; it must end in time and in good order. */
  List<String> rest(int worker) throws IOException, InterruptedException {
    Process process = processes.get(worker);
    assertThat(process.waitFor(PATIENCE, TimeUnit.SECONDS)).as("worker %d ends", worker).isTrue();
    List<String> lines = new ArrayList<>();
    for (String line = next(worker); !line.equals("null"); line = next(worker)) {
      lines.add(line);
    }
    assertThat(process.exitValue()).as("exit of worker %d, %s", worker, lines).isZero();
    return lines;
  }

  /** The losses that all workers have said alike. */
  List<Double> losses() throws IOException, InterruptedException {
    List<String> first = rest(0);
    for (int rank = 1; rank < size; rank++) {
      assertThat(rest(rank)).isEqualTo(first);
    }
    assertThat(first).noneMatch(line -> line.startsWith(FAILED));
    return first.stream().map(Double::valueOf).toList();
  }

  void kill(int worker) throws InterruptedException {
    processes.get(worker).destroyForcibly().waitFor();
  }

  /** The tensors of a run's last checkpoint. */
  static Checkpoint last(Path run) {
    assertThat(Files.isDirectory(run)).isTrue();
    return Checkpoint.read(Checkpoints.last(run));
  }

  @Override
  public void close() {
    processes.forEach(Process::destroyForcibly);
  }
}
