package io.github.diffusion4j.train;

/** The number format that a run computes in. */
public enum Precision {

  /** Single precision throughout. */
  FLOAT32,

  /** Double precision throughout, for exact comparisons. */
  FLOAT64,

  /**
   * Mixed precision (Micikevicius et al. 2018; Kalamkar et al. 2019): the layers of a step of
   * training compute in bfloat16, of 8 bits of precision, and sum in float32; parameters, loss and
   * optimiser stay float32, and so does sampling. Faster where the processor has instructions for
   * it (AVX-512 BF16, AMX) and on GPUs; slower where it has none. A gradient differs from float32's
   * by about 1 %, which is less than what the choice of a batch does to it.
   */
  BFLOAT16
}
