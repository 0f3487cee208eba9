package io.github.diffusion4j.train.data;

import static io.github.diffusion4j.train.data.IdxFiles.gzip;
import static io.github.diffusion4j.train.data.IdxFiles.idx;
import static io.github.diffusion4j.train.data.IdxFiles.sizes;
import static io.github.diffusion4j.train.data.IdxFiles.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxTest {

  private static final byte[] IMAGES = idx(sizes(2, 2, 3), 0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9, 128);
  private static final byte[] LABELS = idx(sizes(2), 4, 0);

  @TempDir Path folder;
  private Path images;
  private Path labels;

  @BeforeEach
  void writeFiles() throws IOException {
    images = write(folder, "images", IMAGES);
    labels = write(folder, "labels", LABELS);
  }

  private Dataset read() {
    return Idx.dataset(images, labels, 5, "tiny");
  }

  @Test
  void imagesAreBytesDividedBy255() {
    Dataset data = read();
    float[] pixels = new float[8];
    data.image(0, pixels, 1);
    assertThat(pixels).containsExactly(0, 0, 1, 1 / 255f, 2 / 255f, 3 / 255f, 4 / 255f, 0);
    data.image(1, pixels, 2);
    assertThat(pixels[7]).isEqualTo(128 / 255f);
  }

  @Test
  void shapeLabelsAndNameComeFromTheFiles() {
    Dataset data = read();
    assertThat(data.size()).isEqualTo(2);
    assertThat(data.channels()).isEqualTo(1);
    assertThat(data.height()).isEqualTo(2);
    assertThat(data.width()).isEqualTo(3);
    assertThat(data.classes()).isEqualTo(5);
    assertThat(data.label(0)).isEqualTo(4);
    assertThat(data.label(1)).isZero();
    assertThat(data.name()).isEqualTo("tiny");
    assertThat(data.hash()).matches("sha256:[0-9a-f]{64}\\+[0-9a-f]{64}");
  }

  @Test
  void packedFilesHoldTheSameImages() throws IOException {
    Path packedImages = write(folder, "images.gz", gzip(IMAGES));
    Path packedLabels = write(folder, "labels.gz", gzip(LABELS));
    Dataset packed = Idx.dataset(packedImages, packedLabels, 5, "packed");
    float[] a = new float[12];
    float[] b = new float[12];
    for (int i = 0; i < 2; i++) {
      packed.image(i, a, 6 * i);
      read().image(i, b, 6 * i);
      assertThat(packed.label(i)).isEqualTo(read().label(i));
    }
    assertThat(a).containsExactly(b);
  }

  @Test
  void placesOutsideTheDataAreRefused() {
    Dataset data = read();
    assertThatThrownBy(() -> data.image(2, new float[6], 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("image index must be in [0, 1], got 2");
    assertThatThrownBy(() -> data.label(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got -1");
    assertThatThrownBy(() -> data.image(0, new float[6], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("room for 6 values in an array of 6, got 1");
    assertThatThrownBy(() -> Idx.dataset(images, labels, 0, "none"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("classes must be in [1, 256], got 0");
  }

  @Test
  void truncatedGzipIsNamed() throws IOException {
    byte[] packed = gzip(IMAGES);
    images = write(folder, "images", Arrays.copyOf(packed, packed.length - 10));
    assertRefused("images", "expected a whole gzip file", "truncated at byte");
  }

  @Test
  void damagedGzipIsNamed() throws IOException {
    byte[] packed = gzip(IMAGES);
    packed[packed.length - 5] ^= 1;
    images = write(folder, "images", packed);
    assertRefused("images", "expected a gzip file", "damaged");
  }

  @Test
  void wrongMagicIsNamed() throws IOException {
    byte[] wrong = IMAGES.clone();
    wrong[2] = 13;
    images = write(folder, "images", wrong);
    assertRefused("images", "expected the magic number 00 00 08 nn", "found 00 00 0d 03");
    images = write(folder, "images", new byte[] {0, 0});
    assertRefused("images", "expected the magic number 00 00 08 nn", "found a file of 2 bytes");
  }

  @Test
  void wrongLengthsAreNamed() throws IOException {
    images = write(folder, "images", Arrays.copyOf(IMAGES, IMAGES.length - 1));
    assertRefused("images", "expected 12 values for [2, 2, 3]", "found 11 values");
    images = write(folder, "images", Arrays.copyOf(IMAGES, IMAGES.length + 1));
    assertRefused("images", "expected 12 values for [2, 2, 3]", "found more values");
    images = write(folder, "images", Arrays.copyOf(IMAGES, 10));
    assertRefused("images", "expected 3 sizes of 4 bytes", "found 6 bytes");
  }

  @Test
  void impossibleSizesAreNamed() throws IOException {
    images = write(folder, "images", idx(sizes(0, 2, 3)));
    assertRefused("images", "expected sizes of at least 1", "found [0, 2, 3]");
    images = write(folder, "images", idx(sizes(70_000, 70_000, 1)));
    assertRefused("images", "at most 2147483639 values", "found [70000, 70000, 1]");
    images = write(folder, "images", idx(sizes(-1, 2, 3)));
    assertRefused("images", "expected sizes of at least 1", "found [-1, 2, 3]");
  }

  @Test
  void exchangedFilesAreNamed() {
    Path first = images;
    images = labels;
    labels = first;
    assertRefused("labels", "expected 3 dimensions of images", "found [2]");
  }

  @Test
  void countsThatDifferAreNamed() throws IOException {
    labels = write(folder, "labels", idx(sizes(3), 0, 1, 2));
    assertRefused("labels", "expected 2 labels, one for each image of", "found 3 labels");
  }

  @Test
  void labelsOutOfRangeAreNamed() throws IOException {
    labels = write(folder, "labels", idx(sizes(2), 0, 5));
    assertRefused("labels", "expected labels in [0, 5)", "found label 5 at index 1");
  }

  @Test
  void missingFilesAreNamed() {
    images = folder.resolve("absent");
    assertRefused("absent", "expected an IDX file", "found no file");
  }

  private void assertRefused(String file, String expected, String found) {
    assertThatThrownBy(this::read)
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(folder.resolve(file).toString(), expected, found);
  }
}
