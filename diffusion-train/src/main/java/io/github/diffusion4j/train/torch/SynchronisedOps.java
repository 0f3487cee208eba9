package io.github.diffusion4j.train.torch;

import java.util.Map;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * LibTorch computes in training, with batches normalised over the images of all workers.
 *
 * <p>With n images of mean m and variance v on each worker, the mean is {@code M = Σn·m/Σn} and the
 * variance {@code Σn·(v + (m − M)²)/Σn} (Chan, Golub and LeVeque 1983, equation 2.1b). Every worker
 * gathers n, m and v of all and computes the same.
 */
@SuppressWarnings("try") // scopes work by being open
final class SynchronisedOps extends TorchOps {

  private static final long[] ALL_BUT_CHANNELS = {0, 2, 3};

  private final Group group;

  SynchronisedOps(Map<String, Tensor> parameters, ScalarType layers, Group group, Tape tape) {
    super(parameters, true, layers, tape);
    this.group = group;
  }

  @Override
  Tensor normalise(String name, Tensor y) {
    Tensor scale = get(name + ".weight");
    Tensor x = y.to(scale.scalar_type());
    long channels = x.size(1);
    T_TensorTensor_T own = torch.var_mean(x, ALL_BUT_CHANNELS, false);
    Tensor values = torch.full_like(scale.narrow(0, 0, 1), new Scalar(x.numel() / channels));
    Tensor all = group.gather(torch.cat(new TensorVector(own.get0(), own.get1(), values.detach())));
    Tensor variances = all.narrow(1, 0, channels);
    Tensor means = all.narrow(1, channels, channels);
    Tensor counts = all.narrow(1, 2 * channels, 1).detach();
    Tensor shares = counts.div(counts.sum());
    Tensor mean = means.mul(shares).sum(new long[] {0});
    Tensor fromMean = means.sub(mean);
    Tensor variance = variances.add(fromMean.mul(fromMean)).mul(shares).sum(new long[] {0});
    keep(name, mean, variance, counts.sum());
    Tensor factor = scale.mul(variance.add(new Scalar(EPSILON)).rsqrt());
    return cast(
        torch.addcmul(
            perChannel(get(name + ".bias")), x.sub(perChannel(mean)), perChannel(factor)));
  }

  /** Running statistics as batch_norm keeps them: of the variance, the unbiased estimate. */
  private void keep(String name, Tensor mean, Tensor variance, Tensor count) {
    try (AutoGradMode off = new AutoGradMode(false)) {
      Tensor unbiased = variance.mul(count).div(count.sub(new Scalar(1.0)));
      get(name + ".running_mean").lerp_(mean, new Scalar(MOMENTUM));
      get(name + ".running_var").lerp_(unbiased, new Scalar(MOMENTUM));
    }
  }

  private static Tensor perChannel(Tensor v) {
    return v.view(1, v.numel(), 1, 1);
  }
}
