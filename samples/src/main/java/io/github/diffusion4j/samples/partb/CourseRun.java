package io.github.diffusion4j.samples.partb;

import io.github.diffusion4j.train.CheckpointPolicy;
import io.github.diffusion4j.train.RateSchedule;
import io.github.diffusion4j.train.Training;
import io.github.diffusion4j.train.UNet;
import io.github.diffusion4j.train.UNet.TimeEffect;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A run of the course's part B, at a size that two processor cores can do.
 *
 * @param name its name
 * @param width D, the number of features of the outermost layers
 * @param kind what it trains
 * @param training its settings
 * @param shown the epochs that the course's page shows
 */
record CourseRun(String name, int width, Kind kind, Training training, List<Integer> shown) {

  /** What a run trains. */
  enum Kind {
    DENOISER(128),
    PURE_NOISE(128),
    DDPM(64),
    DDPM_CLASS(64),
    TIME(64),
    CLASS(64);

    private final int courseWidth;

    Kind(int courseWidth) {
      this.courseWidth = courseWidth;
    }

    /** Whether the network is told which digit to draw. */
    boolean isToldClass() {
      return this == CLASS || this == DDPM_CLASS;
    }

    /** D of the course's page. */
    int courseWidth() {
      return courseWidth;
    }
  }

  private static final int SMALL_WIDTH = 8;
  private static final double SMALL_RATE = 5e-3;

  /** Runs at lower rates are not compared with one another and show nothing so soon. */
  private static final double LEAST_RATE = 3e-3;

  static final List<CourseRun> ALL =
      List.of(
          new CourseRun(
              "class-conditional", 64, Kind.CLASS, Training.flowMatching(), List.of(1, 5, 10)),
          new CourseRun(
              "time-conditional", 64, Kind.TIME, Training.flowMatching(), List.of(1, 5, 10)),
          new CourseRun("denoiser", 64, Kind.DENOISER, Training.denoising(0.5), List.of(1, 5)),
          new CourseRun("pure-noise", 64, Kind.PURE_NOISE, Training.pureNoise(), List.of(1, 5)),
          new CourseRun(
              "constant-rate",
              32,
              Kind.CLASS,
              Training.flowMatching().epochs(15).rate(3e-3).rates(RateSchedule.constant()),
              List.of(1, 5, 10, 15)),
          new CourseRun("scheduled-32", 32, Kind.CLASS, Training.flowMatching(), List.of(1, 5, 10)),
          new CourseRun(
              "constant-rate-1e-2",
              32,
              Kind.CLASS,
              Training.flowMatching().rates(RateSchedule.constant()),
              List.of(1, 5, 10)),
          new CourseRun("ddpm", 32, Kind.DDPM, Training.ddpm(300), List.of(5, 20)),
          new CourseRun(
              "ddpm-class-conditional", 32, Kind.DDPM_CLASS, Training.ddpm(300), List.of(5, 20)));

  /** The same in less than a minute, at a rate that shows something by then. */
  CourseRun small() {
    double rate = training.optimiser().rate();
    Training few =
        training
            .batch(64)
            .epochs(2)
            .rate(rate < LEAST_RATE ? SMALL_RATE : rate)
            .threads(1)
            .checkpoints(CheckpointPolicy.everyEpoch());
    return new CourseRun(name, SMALL_WIDTH, kind, few, List.of(1, 2));
  }

  /** The run of a name. */
  static CourseRun named(String name) {
    return ALL.stream()
        .filter(run -> run.name.equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("a run is one of " + names() + ", got " + name));
  }

  static String names() {
    return ALL.stream().map(CourseRun::name).collect(Collectors.joining(", "));
  }

  /** Its network with some number of features. */
  UNet network(int features) {
    UNet net = UNet.width(features);
    return switch (kind) {
      case DENOISER, PURE_NOISE -> net;
      case DDPM -> net.time(TimeEffect.SHIFT);
      case DDPM_CLASS -> net.time(TimeEffect.SHIFT).classes(10);
      case TIME -> net.time(TimeEffect.SCALE);
      case CLASS -> net.time(TimeEffect.SCALE).classes(10);
    };
  }
}
