package io.github.diffusion4j.samples.jmh;

import io.github.diffusion4j.Noise;
import io.github.diffusion4j.Tensor;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What a step costs beside the network. */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class SchedulerSteps {

  /** Every scheduler, on two shapes. */
  @State(Scope.Thread)
  public abstract static class Every {

    @Param({
      "ddim",
      "ddimEta",
      "eulerAncestral",
      "ddpmSmall",
      "ddpmLarge",
      "ddpmLearned",
      "heun",
      "kdpm2",
      "kdpm2Ancestral",
      "lms4",
      "deis3",
      "pndm",
      "plms",
      "ipndm",
      "dpmSolver2",
      "dpmSolver3",
      "dpmSolver2Sde",
      "dpmSolver3Single",
      "uniPc2",
      "uniPc3",
      "saSolver22",
      "lcm",
      "tcd",
      "renoising"
    })
    public String scheduler;

    @Param({"3x64x64", "4x128x128"})
    public String size;

    Steps steps;
  }

  /** Every scheduler, its noise drawn beforehand. */
  public static class Drawn extends Every {

    /** Makes the step. */
    @Setup
    public void make() {
      Tensor noise = Noise.perImage(0).stream(Steps.shape(size)).next();
      steps = Steps.of(scheduler, size, () -> noise);
    }
  }

  /** Every scheduler, drawing its noise, after dynamic thresholding. */
  public static class Whole extends Every {

    /** Makes the step. */
    @Setup
    public void make() {
      steps = Steps.of(scheduler, size, Noise.perImage(0).stream(Steps.shape(size))::next);
    }
  }

  /** DDPM, whose every step draws once, by both generators. */
  @State(Scope.Thread)
  public static class Drawing {

    @Param({"perImage", "torch"})
    public String noise;

    @Param({"3x64x64", "4x128x128"})
    public String size;

    private Steps steps;

    /** Makes the step. */
    @Setup
    public void make() {
      Noise source = noise.equals("torch") ? Noise.torch(0) : Noise.perImage(0);
      steps = Steps.of("ddpmSmall", size, source.stream(Steps.shape(size))::next);
    }
  }

  /** DDIM, whose cost is the least. */
  @State(Scope.Thread)
  public static class Plain {

    @Param({"3x64x64", "4x128x128"})
    public String size;

    private Steps steps;

    /** Makes the step. */
    @Setup
    public void make() {
      steps =
          Steps.of(
              "ddim",
              size,
              () -> {
                throw new IllegalStateException("DDIM does not draw");
              });
    }
  }

  @Benchmark
  public Tensor step(Drawn state) {
    return state.steps.made();
  }

  @Benchmark
  public Tensor stepDrawingAndThresholding(Whole state) {
    return state.steps.thresholded();
  }

  @Benchmark
  public Tensor stepDrawing(Drawing state) {
    return state.steps.made();
  }

  @Benchmark
  public Tensor stepThresholding(Plain state) {
    return state.steps.thresholded();
  }
}
