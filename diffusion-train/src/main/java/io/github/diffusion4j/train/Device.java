package io.github.diffusion4j.train;

/** Where a run computes. */
public enum Device {

  /** The processor. */
  CPU,

  /**
   * The first CUDA device, or each worker's own ({@link Workers#localRank}). It needs {@code
   * org.bytedeco:pytorch} with the classifier {@code linux-x86_64-gpu} or {@code
   * windows-x86_64-gpu}, an NVIDIA driver for CUDA 13, and the libraries of CUDA 13, cuDNN 9 and,
   * on Linux, NCCL 2, from the system or from {@code org.bytedeco:cuda-redist} and its parts.
   */
  CUDA
}
