package io.github.diffusion4j.train.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.MemoryFormat;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.junit.jupiter.api.Test;

@SuppressWarnings("try") // scopes work by being open
class BucketTest {

  private static Tensor numbers(long first, long... sizes) {
    long count = 1;
    for (long size : sizes) {
      count *= size;
    }
    return torch.arange(new Scalar((float) first), new Scalar((float) (first + count))).view(sizes);
  }

  /**
   * More than 25 MiB of float32 are two messages, and each value comes back to its place from where
   * it is sent.
   */
  @Test
  void valuesComeBackToTheirTensorsWhateverTheirBucketsAndStrides() {
    Natives.load();
    try (PointerScope scope = new PointerScope()) {
      Tensor large = numbers(1, 7_000_000);
      Tensor strided = numbers(5, 2, 3, 4, 5).contiguous(MemoryFormat.ChannelsLast);
      Tensor small = numbers(9, 3);
      List<Tensor> tensors = List.of(large, strided, small);
      List<Bucket> buckets = Bucket.of(tensors, values -> values.to(ScalarType.Double));
      assertThat(buckets).hasSize(2);
      assertThat(buckets.get(0).tensors()).containsExactly(large);
      assertThat(buckets.get(1).values().numel()).isEqualTo(2 * 3 * 4 * 5 + 3);
      for (Bucket bucket : buckets) {
        assertThat(bucket.values().scalar_type().intern()).isEqualTo(ScalarType.Double);
        bucket.values().mul_(new Scalar(2.0));
        bucket.empty();
      }
      assertThat(torch.equal(large, numbers(1, 7_000_000).mul(new Scalar(2.0)))).isTrue();
      assertThat(torch.equal(strided, numbers(5, 2, 3, 4, 5).mul(new Scalar(2.0)))).isTrue();
      assertThat(torch.equal(small, numbers(9, 3).mul(new Scalar(2.0)))).isTrue();
      assertThat(strided.is_contiguous(MemoryFormat.ChannelsLast)).isTrue();
    }
  }
}
