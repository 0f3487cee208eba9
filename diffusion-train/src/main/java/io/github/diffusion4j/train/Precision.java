package io.github.diffusion4j.train;

/** The number format that a run computes in. */
public enum Precision {

  /** Single precision throughout. */
  FLOAT32,

  /**
   * Double precision throughout, for exact comparisons. What the network is told is rounded to
   * float32 before: the random numbers, their factors, times and weights are those of FLOAT32.
   */
  FLOAT64,

  /**
   * Mixed precision (Micikevicius et al. 2018; Kalamkar et al. 2019): the layers of a step of
   * training compute in bfloat16, of 8 bits of precision, and sum in float32; parameters, loss and
   * optimiser stay float32, and so does sampling. Meant for GPUs and for processors with fast
   * instructions for it; not all that have such instructions (AVX-512 BF16) gain by them, so
   * measure. A gradient of a fresh network differs from float32's by some percent.
   */
  BFLOAT16
}
