package io.github.diffusion4j.onnx;

import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.onnx.internal.TextGraphs;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a model runs on: the processor, or a graphics card by CUDA.
 *
 * <p>A model opened with {@code cuda()} is refused where CUDA cannot be used, with the reason;
 * {@code cuda().orElse(cpu())} logs the reason once and goes on without.
 *
 * <p>A value: every method returns a changed copy.
 */
public final class Provider {

  static {
    TextGraphs.openedBy(
        (file, tokens, provider) -> OnnxTextGraph.open(file, tokens, (Provider) provider));
  }

  private static final Provider CPU = new Provider(-1, OptionalLong.empty(), Optional.empty());

  private final int device;
  private final OptionalLong memoryLimit;
  private final Optional<Provider> fallback;

  private Provider(int device, OptionalLong memoryLimit, Optional<Provider> fallback) {
    this.device = device;
    this.memoryLimit = memoryLimit;
    this.fallback = fallback;
  }

  /** The processor, which every machine has. */
  public static Provider cpu() {
    return CPU;
  }

  /**
   * The first CUDA device.
   *
   * @return the provider
   */
  public static Provider cuda() {
    return cuda(0);
  }

  /**
   * A CUDA device. It needs {@code com.microsoft.onnxruntime:onnxruntime_gpu} in place of {@code
   * onnxruntime}, CUDA 12 and cuDNN 9, on Linux or Windows x64.
   *
   * @param device its number, at least 0
   * @return the provider
   * @throws IllegalArgumentException if the number is negative
   */
  public static Provider cuda(int device) {
    return new Provider(
        Checks.atLeast(0, device, "CUDA device"), OptionalLong.empty(), Optional.empty());
  }

  /**
   * This with a limit on the device memory that ONNX Runtime's arena takes. What cuDNN takes for
   * its own work comes on top.
   *
   * @param bytes the limit, at least 1
   * @return the changed provider
   * @throws IllegalArgumentException if the limit is below 1
   * @throws IllegalStateException if this is the processor
   */
  public Provider memoryLimit(long bytes) {
    Checks.require(bytes >= 1, () -> "memory limit must be at least 1, got " + bytes);
    if (!isCuda()) {
      throw new IllegalStateException("a memory limit is for CUDA devices, got " + this);
    }
    return new Provider(device, OptionalLong.of(bytes), fallback);
  }

  /**
   * This, or another provider where this cannot be used. Several make an order: {@code
   * cuda(1).orElse(cuda(0)).orElse(cpu())}.
   *
   * @param other what to use instead
   * @return the changed provider
   */
  public Provider orElse(Provider other) {
    return new Provider(
        device,
        memoryLimit,
        Optional.of(
            fallback
                .map(next -> next.orElse(other))
                .orElse(Objects.requireNonNull(other, "other"))));
  }

  /** Whether this is a CUDA device. */
  public boolean isCuda() {
    return device >= 0;
  }

  /** The number of the CUDA device; −1 for the processor. */
  int device() {
    return device;
  }

  OptionalLong memoryLimit() {
    return memoryLimit;
  }

  /** This and its fallbacks, each without fallback, in order. */
  List<Provider> candidates() {
    List<Provider> all = new ArrayList<>();
    all.add(new Provider(device, memoryLimit, Optional.empty()));
    fallback.ifPresent(next -> all.addAll(next.candidates()));
    return all;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Provider that
        && device == that.device
        && memoryLimit.equals(that.memoryLimit)
        && fallback.equals(that.fallback);
  }

  @Override
  public int hashCode() {
    return Objects.hash(device, memoryLimit, fallback);
  }

  @Override
  public String toString() {
    String own = isCuda() ? "cuda(" + device + ")" : "cpu";
    return own + fallback.map(next -> " or " + next).orElse("");
  }
}
