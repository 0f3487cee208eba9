package io.github.diffusion4j.train.torch;

/**
 * How a step changes the parameters, in numbers.
 *
 * @param beta1 Adam's β₁
 * @param beta2 Adam's β₂
 * @param epsilon Adam's ε
 * @param decay AdamW's weight decay, 0 for Adam
 * @param clipNorm the largest norm of the gradient, 0 for any
 * @param averaging the share of the old mean of the parameters that a step keeps, 0 for no mean
 * @param parts into how many parts a batch is cut
 */
public record Rule(
    double beta1,
    double beta2,
    double epsilon,
    double decay,
    double clipNorm,
    double averaging,
    int parts) {

  /** Adam's defaults in PyTorch. */
  public static final Rule ADAM = new Rule(0.9, 0.999, 1e-8, 0, 0, 0, 1);
}
