package io.github.diffusion4j.train;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.torch.Rule;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How the parameters move: Adam or AdamW, their rates, and what is done to gradients and to
 * parameters around a step.
 *
 * <p>A value: every method returns a changed copy.
 */
public final class Optimiser {

  /** What a checkpoint of an earlier version calls it. */
  private static final String OLD_EMA = "averaging";

  private double rate;
  private RateSchedule rates = RateSchedule.constant();
  private double beta1 = 0.9;
  private double beta2 = 0.999;
  private double epsilon = 1e-8;
  private double decay;
  private double clipNorm;
  private double averaging;
  private int parts = 1;

  private Optimiser(double rate) {
    this.rate = Checks.positive(rate, "rate");
  }

  private Optimiser(Optimiser other) {
    rate = other.rate;
    rates = other.rates;
    beta1 = other.beta1;
    beta2 = other.beta2;
    epsilon = other.epsilon;
    decay = other.decay;
    clipNorm = other.clipNorm;
    averaging = other.averaging;
    parts = other.parts;
  }

  /**
   * Adam (Kingma and Ba 2014, algorithm 1) with β₁ = 0.9, β₂ = 0.999, ε = 1e-8 and a constant rate.
   *
   * @param rate the learning rate, above 0 and finite
   * @return the optimiser
   * @throws IllegalArgumentException if the rate is out of range
   */
  public static Optimiser adam(double rate) {
    return new Optimiser(rate);
  }

  /**
   * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2): before each step
   * every parameter with a gradient is multiplied by {@code 1 − rate·decay}, as in PyTorch. The
   * bias of a convolution before a batch normalisation has no effect and no gradient here, and
   * stays.
   *
   * @param rate the learning rate, above 0 and finite
   * @param decay the decay, at least 0 and finite; PyTorch's default is 0.01
   * @return the optimiser
   * @throws IllegalArgumentException if a value is out of range
   */
  public static Optimiser adamW(double rate, double decay) {
    Optimiser optimiser = new Optimiser(rate);
    optimiser.decay = Checks.inRange(0, Double.MAX_VALUE, decay, "weight decay");
    return optimiser;
  }

  /**
   * This with another learning rate.
   *
   * @param rate above 0 and finite; the schedule's factors multiply it
   * @return the changed optimiser
   * @throws IllegalArgumentException if the rate is out of range
   */
  public Optimiser rate(double rate) {
    Optimiser copy = new Optimiser(this);
    copy.rate = Checks.positive(rate, "rate");
    return copy;
  }

  /**
   * This with another course of the rate over the run.
   *
   * @param rates the schedule
   * @return the changed optimiser
   */
  public Optimiser rates(RateSchedule rates) {
    Optimiser copy = new Optimiser(this);
    copy.rates = Objects.requireNonNull(rates, "rates");
    return copy;
  }

  /**
   * This with other memories of the gradient.
   *
   * @param beta1 β₁, the share of the old mean that a step keeps, in [0, 1)
   * @param beta2 β₂, the share of the old mean square that a step keeps, in [0, 1)
   * @param epsilon ε, what is added to the root of the mean square, at least 0
   * @return the changed optimiser
   * @throws IllegalArgumentException if a value is out of range
   */
  public Optimiser betas(double beta1, double beta2, double epsilon) {
    Optimiser copy = new Optimiser(this);
    copy.beta1 = share(beta1, "β₁");
    copy.beta2 = share(beta2, "β₂");
    copy.epsilon = Checks.inRange(0, Double.MAX_VALUE, epsilon, "ε");
    return copy;
  }

  /**
   * This with shorter gradients: where the norm of all gradients together is above a limit, they
   * are scaled to it (Pascanu et al. 2013, algorithm 1), as PyTorch's {@code clip_grad_norm_} does.
   *
   * @param most the limit, above 0, as large as a float may be; or 0 for none
   * @return the changed optimiser
   * @throws IllegalArgumentException if the limit is out of range
   */
  public Optimiser clipNorm(double most) {
    Optimiser copy = new Optimiser(this);
    copy.clipNorm = Checks.inRange(0, Float.MAX_VALUE, most, "largest norm of the gradient");
    return copy;
  }

  /**
   * This with an exponential moving average (EMA) of the parameters and of the running statistics,
   * which is what is sampled and exported: after step n it is {@code d·mean + (1 − d)·parameters}
   * with {@code d = min(decay, (1 + n)/(10 + n))}, so that the start is soon forgotten.
   *
   * @param decay the share of the old mean that a step keeps, in [0, 1); 0 for no mean
   * @return the changed optimiser
   * @throws IllegalArgumentException if the share is out of range
   */
  public Optimiser ema(double decay) {
    Optimiser copy = new Optimiser(this);
    copy.averaging = share(decay, "decay of the average");
    return copy;
  }

  /**
   * This with gradients added up over parts of each batch, which takes less memory. The random
   * draws are those of the whole batch; what batch normalisation sees is one part, so the numbers
   * differ from those of whole batches, and its running statistics take each part as a step.
   *
   * @param parts into how many parts a batch is cut, at least 1; each is of equal size to one image
   * @return the changed optimiser
   * @throws IllegalArgumentException if the number is below 1
   */
  public Optimiser accumulation(int parts) {
    Optimiser copy = new Optimiser(this);
    copy.parts = Checks.atLeast(1, parts, "parts of a batch");
    return copy;
  }

  private static double share(double value, String name) {
    Checks.require(value >= 0 && value < 1, () -> name + " must be in [0, 1), got " + value);
    return value;
  }

  /** The learning rate, before the schedule's factors. */
  public double rate() {
    return rate;
  }

  /** The course of the rate over the run. */
  public RateSchedule rates() {
    return rates;
  }

  /** The share of the old mean of the parameters that a step keeps, 0 for no mean. */
  public double ema() {
    return averaging;
  }

  /** Into how many parts a batch is cut. */
  public int accumulation() {
    return parts;
  }

  Rule rule() {
    return new Rule(beta1, beta2, epsilon, decay, clipNorm, averaging, parts);
  }

  void putInto(Map<String, Object> settings) {
    settings.put("rate", rate);
    settings.put("rates", rates.toString());
    settings.put("betas", List.of(beta1, beta2, epsilon));
    settings.put("weightDecay", decay);
    settings.put("clipNorm", clipNorm);
    settings.put("ema", averaging);
    settings.put("accumulation", parts);
  }

  @Override
  public String toString() {
    return Settings.describe("Optimiser", this::putInto);
  }

  /** The optimiser of a checkpoint; the first format had Adam with exponential rates alone. */
  static Optimiser of(Settings settings) {
    double rate = settings.number("rate");
    if (!settings.has("rates")) {
      return adam(rate).rates(RateSchedule.exponential(settings.number("finalRateShare")));
    }
    List<Double> betas = settings.numbers("betas");
    Checks.require(betas.size() == 3, () -> "betas must be β₁, β₂ and ε, got " + betas);
    return adamW(rate, settings.number("weightDecay"))
        .rates(RateSchedule.named(settings.text("rates")))
        .betas(betas.get(0), betas.get(1), betas.get(2))
        .clipNorm(settings.number("clipNorm"))
        .ema(settings.number(settings.has(OLD_EMA) ? OLD_EMA : "ema"))
        .accumulation(settings.whole("accumulation"));
  }
}
