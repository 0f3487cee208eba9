package io.github.diffusion4j.train.data;

import static io.github.diffusion4j.train.data.IdxFiles.gzip;
import static io.github.diffusion4j.train.data.IdxFiles.idx;
import static io.github.diffusion4j.train.data.IdxFiles.sizes;
import static io.github.diffusion4j.train.data.IdxFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistTest {

  /** The publishers' files. */
  private static final Path REAL = Path.of("..", "samples", "data", "mnist");

  @Test
  void otherDataAreNotMnist(@TempDir Path folder) throws IOException {
    write(folder, "train-images-idx3-ubyte.gz", gzip(idx(sizes(1, 1, 1), 7)));
    assertThatThrownBy(() -> Mnist.train(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(
            folder.resolve("train-images-idx3-ubyte.gz").toString(),
            "expected MNIST's file, of unpacked SHA-256 ba891046",
            "found SHA-256 ");
  }

  @Test
  void missingFilesAreNamed(@TempDir Path folder) {
    assertThatThrownBy(() -> Mnist.test(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining("t10k-images-idx3-ubyte.gz: expected an IDX file, found no file");
  }

  @Test
  void unpackedFilesAreFound(@TempDir Path folder) throws IOException {
    write(folder, "t10k-images-idx3-ubyte", idx(sizes(1, 1, 1), 7));
    assertThatThrownBy(() -> Mnist.test(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining("t10k-images-idx3-ubyte: expected MNIST's file");
  }

  @Test
  void realFilesAreRead() {
    Dataset train = Mnist.train(REAL);
    Dataset test = Mnist.test(REAL);
    assertThat(train.size()).isEqualTo(60_000);
    assertThat(test.size()).isEqualTo(10_000);
    assertThat(train.hash()).startsWith("sha256:440fcabf73cc546f").contains("+3552534a0a558bbe");
    assertThat(new int[] {train.label(0), train.label(1), train.label(59_999)})
        .containsExactly(5, 0, 8);
    double sum = 0;
    float[] pixels = new float[784];
    for (int i = 0; i < train.size(); i++) {
      train.image(i, pixels, 0);
      for (float pixel : pixels) {
        sum += pixel;
      }
    }
    assertThat(sum / (60_000 * 784)).isBetween(0.13065, 0.13067);
  }

  @Test
  void imagesAreReadAsOneTensor() {
    Dataset test = Mnist.test(REAL);
    float[] last = new float[784];
    test.image(9_999, last, 0);
    Tensor images = test.images(9_998, 10_000);
    assertThat(images.shape()).isEqualTo(Shape.images(2, 1, 28, 28));
    assertThat(images.images(1, 2).toArray()).isEqualTo(last);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> test.images(5, 5))
        .withMessage("from must be in [0, 4], got 5");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> test.images(0, 10_001))
        .withMessageContaining("got 10001");
  }
}
