package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The loop that turns noise into images: ask the network, merge its answers, move to the next
 * level.
 *
 * <p>Samplers hold no state of a run and may be used by several threads at once, as far as their
 * denoiser may.
 */
public final class Sampler {

  private final Denoiser denoiser;
  private final NoiseSchedule schedule;

  /** The schedule by whose clock the network was trained, as far as it says. */
  private final NoiseSchedule trained;

  /** What the network predicts, if it says. */
  private final Optional<PredictionType> prediction;

  private Sampler(Denoiser denoiser, NoiseSchedule schedule) {
    this.denoiser = denoiser;
    this.schedule = schedule;
    if (denoiser instanceof DiffusionModel model) {
      trained = model.schedule();
      prediction = Optional.of(model.prediction());
    } else {
      trained = schedule;
      prediction =
          denoiser instanceof PredictorDenoiser network
              ? Optional.of(network.type())
              : Optional.empty();
    }
  }

  /**
   * A sampler on the schedule that a model was trained with.
   *
   * @param model the network, which the caller closes
   * @return the sampler
   */
  public static Sampler of(DiffusionModel model) {
    return new Sampler(Objects.requireNonNull(model, "model"), model.schedule());
  }

  /**
   * A sampler on a schedule of one's own. A network asked on another schedule than that which it
   * was trained with answers without error and makes no images. A {@link DiffusionModel} on its own
   * path is told the times of its own clock, whatever that of the schedule is.
   *
   * @param denoiser the network
   * @param schedule the noise schedule that it was trained with
   * @return the sampler
   */
  public static Sampler of(Denoiser denoiser, NoiseSchedule schedule) {
    return new Sampler(
        Objects.requireNonNull(denoiser, "denoiser"), Objects.requireNonNull(schedule, "schedule"));
  }

  /**
   * Runs a request to its end.
   *
   * @param request what to sample
   * @return the images {@code [batch, channels, height, width]}, in the value range that the
   *     network was trained with
   * @throws IllegalArgumentException if the request does not fit the schedule or the network
   * @throws DiffusionException if the network fails
   */
  public Tensor sample(Sampling request) {
    Run run = new Run(request);
    while (run.hasNext()) {
      run.next();
    }
    return run.sample;
  }

  /**
   * Runs a request step by step: every frame is computed when it is asked for, so progress,
   * previews and an early end are the caller's own loop. Each iteration is a run of its own, with
   * the same frames.
   *
   * @param request what to sample
   * @return one frame for each step
   * @throws IllegalArgumentException on iteration, if the request does not fit the schedule or the
   *     network
   * @throws DiffusionException on iteration, if the network fails
   */
  public Iterable<Frame> frames(Sampling request) {
    return () -> new Run(request);
  }

  /** One run. All state of a run is here. */
  private final class Run implements Iterator<Frame> {

    private final Sampling request;
    private final List<NoiseLevel> levels;
    private final List<NoiseLevel> targets;
    private final UnaryOperator<NoiseLevel> told;
    private final boolean isJumping;
    private final Noise.Stream noise;
    private Tensor sample;
    private List<Past> history = List.of();
    private List<Tensor> carried;
    private int index;

    /** The number of steps before the last jump. */
    private int before;

    Run(Sampling request) {
      this.request = request;
      checkPrediction();
      int steps = request.steps().orElseGet(() -> request.spacing().steps(schedule));
      Timeline rest = request.spacing().timeline(schedule, steps).from(request.start());
      Timeline timeline =
          Objects.requireNonNull(request.scheduler().expand(rest), "what a scheduler expands to");
      Checks.atLeast(0, request.scheduler().memory(), "memory of a scheduler");
      this.levels = timeline.levels();
      this.targets = timeline.targets();
      this.told = Clocks.told(timeline.schedule(), trained);
      this.isJumping = timeline.isJumping();
      this.noise = request.noise().stream(request.shape());
      int memory = Checks.inRange(0, 1000, request.guidance().memory(), "memory of a guidance");
      this.carried = Collections.nCopies(memory, Tensor.zeros(request.shape()));
      Checks.require(
          hasNext() || request.image().isPresent(),
          () -> "a run from noise needs at least one step, got none by " + request.spacing());
      this.sample = hasNext() ? request.projection().start(start(timeline)) : image();
      check(
          sample.shape().equals(request.shape()),
          () -> "a run starts with " + request.shape() + ", found " + sample.shape());
    }

    private void checkPrediction() {
      Optional<PredictionType> asked = request.prediction();
      Checks.require(
          asked.isEmpty() || prediction.isEmpty() || prediction.get().isAlike(asked.get()),
          () ->
              "the request is for a network that predicts "
                  + asked.orElseThrow()
                  + ", got one that predicts "
                  + prediction.orElseThrow());
    }

    private Tensor start(Timeline timeline) {
      if (request.image().isEmpty()) {
        return noise.next().times(timeline.startScale());
      }
      return request.isNoisy() ? image() : levels.get(0).mix(image(), noise.next());
    }

    private Tensor image() {
      return request.image().orElseThrow();
    }

    @Override
    public boolean hasNext() {
      return index < levels.size() - 1;
    }

    @Override
    public Frame next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the run has ended after " + index + " steps");
      }
      NoiseLevel level = levels.get(index);
      NoiseLevel next = targets.get(index);
      Moment now =
          Moment.of(sample, told.apply(level), index).inRunOf(levels.size() - 1).carrying(carried);
      Plan plan = Objects.requireNonNull(request.guidance().plan(now), "what a guidance plans");
      List<Estimate> answers =
          Objects.requireNonNull(
              denoiser.estimate(plan.queries(), request.cancellation()), "what a denoiser gives");
      check(
          answers.size() == plan.queries().size(),
          () ->
              "a denoiser gives an estimate for each query, expected "
                  + plan.queries().size()
                  + ", found "
                  + answers.size());
      Estimate estimate =
          Objects.requireNonNull(plan.merge().apply(answers), "what a plan merges to");
      checkImages(estimate.clean(), "the network's answer, guided,", level);
      checkImages(estimate.noise(), "the network's answer, guided,", level);
      estimate
          .variance()
          .ifPresent(v -> check(v.isFinite(), () -> "variance must be finite" + place(level)));
      carried = estimate.carried();
      check(
          carried.size() == now.carried().size(),
          () -> Plan.carriesAnother(now.carried().size(), estimate.carried().size()));
      List<Tensor> draws = new ArrayList<>();
      Step step =
          Step.of(sample, level, next, estimate, history, () -> drawn(draws))
              .at(index - before, targets.size() - before);
      Move move = Objects.requireNonNull(request.scheduler().next(step), "what a scheduler gives");
      move.corrected().ifPresent(present -> checkImages(present, "the corrected images", level));
      history = remembered(new Past(level, move.corrected().orElse(sample), estimate, draws));
      Tensor made = request.projection().after(move.next(), step, noise::aside);
      checkImages(
          Objects.requireNonNull(made, "what a projection gives"), "the images made", level);
      index++;
      boolean again = isJumping && hasNext() && isNoisier(levels.get(index), next);
      NoiseLevel reached = again ? levels.get(index) : next;
      sample = again ? renoised(made, next, reached) : made;
      // What was seen before a jump is not on the way that the run takes after it.
      history = again ? List.of() : history;
      before = again ? index : before;
      return new Frame(index, levels.size() - 1, reached, sample, estimate);
    }

    private Tensor drawn(List<Tensor> draws) {
      Tensor draw = noise.next();
      draws.add(draw);
      return draw;
    }

    /** Whether the network is asked with more noise than the step before ended with. */
    private boolean isNoisier(NoiseLevel asked, NoiseLevel ended) {
      return asked.noise() * ended.signal() > ended.noise() * asked.signal() * (1 + 1e-9);
    }

    /** The forward process from a level to a noisier one. */
    private Tensor renoised(Tensor made, NoiseLevel from, NoiseLevel to) {
      double kept = to.signal() / from.signal();
      double fresh = to.noise() * to.noise() - kept * kept * from.noise() * from.noise();
      return Tensors.mix(kept, made, Math.sqrt(Math.max(0, fresh)), noise.next());
    }

    private void checkImages(Tensor found, String what, NoiseLevel level) {
      check(
          found.shape().equals(sample.shape()),
          () -> what + " must be " + sample.shape() + ", found " + found.shape() + place(level));
      check(found.isFinite(), () -> what + " must be finite, found NaN or infinity" + place(level));
    }

    private void check(boolean ok, Supplier<String> message) {
      if (!ok) {
        throw new DiffusionException(message.get());
      }
    }

    private String place(NoiseLevel level) {
      return " at step "
          + (index + 1)
          + " of "
          + (levels.size() - 1)
          + " (network time "
          + told.apply(level).time()
          + ")";
    }

    private List<Past> remembered(Past latest) {
      List<Past> kept = new ArrayList<>(List.of(latest));
      kept.addAll(history);
      return List.copyOf(kept.subList(0, Math.min(kept.size(), request.scheduler().memory())));
    }
  }
}
