package io.github.diffusion4j.train.data;

import static io.github.diffusion4j.train.data.IdxFiles.gzip;
import static io.github.diffusion4j.train.data.IdxFiles.idx;
import static io.github.diffusion4j.train.data.IdxFiles.sizes;
import static io.github.diffusion4j.train.data.IdxFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FashionMnistTest {

  private static final Path REAL = Path.of("/usr/share/datasets/fashion-mnist");

  @Test
  void digitsAreNotClothes() {
    Path digits = Path.of("..", "samples", "data", "mnist");
    assertThatThrownBy(() -> FashionMnist.train(digits))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(
            digits.resolve("train-images-idx3-ubyte.gz").toString(),
            "expected Fashion-MNIST's file, of unpacked SHA-256 c59f468a",
            "found SHA-256 ba891046");
  }

  @Test
  void otherTestFilesAreRefused(@TempDir Path folder) throws IOException {
    write(folder, "t10k-images-idx3-ubyte.gz", gzip(idx(sizes(1, 1, 1), 7)));
    assertThatThrownBy(() -> FashionMnist.test(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContaining("of unpacked SHA-256 5b4141f0");
  }

  /** Of Debian's package dataset-fashion-mnist, where it is installed. */
  @Test
  void realFilesAreRead() {
    assumeTrue(Files.isDirectory(REAL), "needs Debian's dataset-fashion-mnist");
    Dataset train = FashionMnist.train(REAL);
    Dataset test = FashionMnist.test(REAL);
    assertThat(train.size()).isEqualTo(60_000);
    assertThat(test.size()).isEqualTo(10_000);
    assertThat(train.name()).isEqualTo("Fashion-MNIST train");
    assertThat(train.classNames()).hasSize(train.classes()).hasSize(10);
    assertThat(train.classNames().get(train.label(0))).isEqualTo("Ankle boot");
    for (int label = 0; label < 10; label++) {
      int kind = label;
      assertThat(IntStream.range(0, 60_000).filter(i -> train.label(i) == kind)).hasSize(6_000);
    }
  }
}
