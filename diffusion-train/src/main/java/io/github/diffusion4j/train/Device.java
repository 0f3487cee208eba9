package io.github.diffusion4j.train;

/** Where a run computes. */
public enum Device {

  /** The processor. */
  CPU,

  /**
   * The first CUDA device, or each worker's own ({@link Workers#localRank}). It needs an NVIDIA
   * driver, and {@code org.bytedeco:pytorch} with the classifier {@code linux-x86_64-gpu} or {@code
   * windows-x86_64-gpu}.
   */
  CUDA
}
