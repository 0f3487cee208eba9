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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What all published sets have in common, by two small files. */
class PublishedSetTest {

  private static final byte[] IMAGES = idx(sizes(2, 1, 2), 0, 255, 128, 7);
  private static final byte[] LABELS = idx(sizes(2), 9, 0);
  private static final PublishedSet.Owner TINY =
      new PublishedSet.Owner(
          "Tiny",
          List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j"),
          "Tiny.train(folder)",
          List.of());

  @TempDir Path folder;

  private static PublishedSet tiny() throws IOException {
    return new PublishedSet(TINY, "train", file("images", IMAGES), file("labels", LABELS));
  }

  private static PublishedFile file(String name, byte[] content) throws IOException {
    return new PublishedFile(name, Sha256.of(gzip(content)), Sha256.of(content));
  }

  private void writeFiles(String ending, byte[] images, byte[] labels) throws IOException {
    write(folder, "images" + ending, images);
    write(folder, "labels" + ending, labels);
  }

  @Test
  void packedAndUnpackedFilesAreTheSameData() throws IOException {
    writeFiles("", IMAGES, LABELS);
    Dataset plain = tiny().read(folder);
    writeFiles(".gz", gzip(IMAGES), gzip(LABELS));
    Dataset packed = tiny().read(folder);
    assertThat(plain.images(0, 2)).isEqualTo(packed.images(0, 2));
    assertThat(plain.hash())
        .isEqualTo("sha256:" + Sha256.of(gzip(IMAGES)) + "+" + Sha256.of(gzip(LABELS)))
        .isEqualTo(packed.hash());
    assertThat(plain.name()).isEqualTo("Tiny train");
    assertThat(plain.label(0)).isEqualTo(9);
    assertThat(plain.classes()).isEqualTo(10);
  }

  @Test
  void filesOfOtherContentAreRefused() throws IOException {
    writeFiles(".gz", gzip(IMAGES), gzip(idx(sizes(2), 9, 1)));
    assertThatThrownBy(() -> tiny().read(folder))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll(
            folder.resolve("labels.gz").toString(),
            "expected Tiny's file, of unpacked SHA-256 " + Sha256.of(LABELS),
            "found SHA-256 " + Sha256.of(idx(sizes(2), 9, 1)));
  }

  @Test
  void filesInTheCacheAreNotFetched() throws IOException {
    writeFiles(".gz", gzip(IMAGES), gzip(LABELS));
    assertThat(tiny().cached(folder, TINY.download()).size()).isEqualTo(2);
  }

  @Test
  void cacheWithoutMirrorsNamesTheLocalFolder() throws IOException {
    PublishedSet tiny = tiny();
    assertThatThrownBy(() -> tiny.cached(folder, TINY.download()))
        .isInstanceOf(DiffusionException.class)
        .hasMessageContainingAll("found none on 0 mirrors", "Tiny.train(folder)");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void cacheFolderIsNamedByPropertyThenEnvironmentThenHome() {
    Map<String, String> home = Map.of("user.home", "home");
    Map<String, String> property = Map.of("user.home", "home", "diffusion4j.cache", "mine");
    Map<String, String> environment =
        Map.of("DIFFUSION4J_CACHE", "shared", "XDG_CACHE_HOME", "xdg");
    Map<String, String> desktop = Map.of("XDG_CACHE_HOME", "xdg", "DIFFUSION4J_CACHE", " ");
    assertThat(CacheFolder.of("tiny", property::get, environment::get))
        .isEqualTo(Path.of("mine", "tiny"));
    assertThat(CacheFolder.of("tiny", home::get, environment::get))
        .isEqualTo(Path.of("shared", "tiny"));
    assertThat(CacheFolder.of("tiny", home::get, desktop::get))
        .isEqualTo(Path.of("xdg", "diffusion4j", "tiny"));
    assertThat(CacheFolder.of("tiny", home::get, Map.<String, String>of()::get))
        .isEqualTo(Path.of("home", ".cache", "diffusion4j", "tiny"));
  }
}
