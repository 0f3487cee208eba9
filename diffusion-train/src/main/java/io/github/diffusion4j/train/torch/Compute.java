package io.github.diffusion4j.train.torch;

import io.github.diffusion4j.DiffusionException;
import org.bytedeco.pytorch.Context;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What an engine computes with, and where.
 *
 * @param isDouble whether parameters are float64 instead of float32
 * @param isMixed whether the layers of a step of training compute in bfloat16
 * @param isCuda whether on a CUDA device instead of the processor
 * @param cudaDevice the number of the device, from 0
 */
public record Compute(boolean isDouble, boolean isMixed, boolean isCuda, int cudaDevice) {

  /** float32 on the processor. */
  public static final Compute FLOAT32 = new Compute(false, false, false);

  /** float64 on the processor. */
  public static final Compute FLOAT64 = new Compute(true, false, false);

  /**
   * On the first device, if on CUDA.
   *
   * @param isDouble whether parameters are float64 instead of float32
   * @param isMixed whether the layers of a step of training compute in bfloat16
   * @param isCuda whether on the first CUDA device instead of the processor
   */
  public Compute(boolean isDouble, boolean isMixed, boolean isCuda) {
    this(isDouble, isMixed, isCuda, 0);
  }

  /**
   * The same on another CUDA device.
   *
   * @param device its number, from 0
   * @return the changed value
   */
  public Compute on(int device) {
    return new Compute(isDouble, isMixed, isCuda, device);
  }

  /** The type of parameters. */
  ScalarType parameters() {
    return isDouble ? ScalarType.Double : ScalarType.Float;
  }

  /** The bytes of a value of a layer's result in training. */
  int bytes() {
    return isMixed ? 2 : isDouble ? 8 : 4;
  }

  /** The type that layers compute in. */
  ScalarType layers(boolean training) {
    return training && isMixed ? ScalarType.BFloat16 : parameters();
  }

  /** A tensor in the parameters' type, on the device. */
  Tensor place(Tensor t) {
    return t.to(new Device(isCuda ? "cuda:" + cudaDevice : "cpu"), parameters());
  }

  /**
   * The same, on the processor where there is no such device.
   *
   * @return this, or the changed settings
   */
  public Compute orProcessor() {
    Natives.load();
    return isCuda && !torch.cuda_is_available() ? new Compute(isDouble, isMixed, false) : this;
  }

  /**
   * Checks that there is such a device, and has LibTorch compute on it exactly and repeatably.
   *
   * @throws DiffusionException if there is not
   */
  void prepare() {
    if (isCuda && !torch.cuda_is_available()) {
      throw new DiffusionException(
          "there is no CUDA device that LibTorch can use: " + Natives.whyNoCuda());
    }
    if (isCuda && cudaDevice >= torch.cuda_device_count()) {
      throw new DiffusionException(
          "LOCAL_RANK must be the number of a CUDA device in [0, "
              + (torch.cuda_device_count() - 1)
              + "], found "
              + cudaDevice);
    }
    if (isCuda) {
      Context context = torch.globalContext();
      context.setAllowTF32CuDNN(false); // 10 bits of precision, which nobody asked for
      context.setDeterministicCuDNN(true);
    }
  }

  /** Makes the device this thread's own, lest what goes without a name goes to the first. */
  void use() {
    if (isCuda) {
      torch.setDeviceIndex((byte) cudaDevice);
    }
  }
}
