package io.github.diffusion4j.train.data;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The folder that MNIST is downloaded into. */
final class MnistCache {

  private static final List<URI> MIRRORS =
      List.of(
          URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
          URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/"));

  private static final String REMEDY =
      "; name another cache folder by -Ddiffusion4j.cache, or put the four files into a folder of"
          + " your own and name it: Mnist.train(folder)";

  private final Path folder;
  private final Download download;

  MnistCache(Path folder, Download download) {
    this.folder = folder;
    this.download = download;
  }

  static MnistCache standard() {
    return new MnistCache(folder(System::getProperty, System::getenv), download(MIRRORS));
  }

  static Download download(List<URI> mirrors) {
    return new Download(mirrors, Duration.ofSeconds(10), Duration.ofMinutes(5), REMEDY);
  }

  static Path folder(Function<String, ?> property, Function<String, ?> environment) {
    Optional<String> named =
        text(property, "diffusion4j.cache").or(() -> text(environment, "DIFFUSION4J_CACHE"));
    Path cache =
        named
            .map(Path::of)
            .or(() -> text(environment, "XDG_CACHE_HOME").map(p -> Path.of(p, "diffusion4j")))
            .orElseGet(
                () -> Path.of(text(property, "user.home").orElse("."), ".cache", "diffusion4j"));
    return cache.resolve("mnist");
  }

  private static Optional<String> text(Function<String, ?> settings, String name) {
    return Optional.ofNullable(settings.apply(name))
        .map(Object::toString)
        .filter(text -> !text.isBlank());
  }

  Dataset train() {
    fetch(MnistFile.TRAIN_IMAGES);
    fetch(MnistFile.TRAIN_LABELS);
    return Mnist.train(folder);
  }

  Dataset test() {
    fetch(MnistFile.TEST_IMAGES);
    fetch(MnistFile.TEST_LABELS);
    return Mnist.test(folder);
  }

  private void fetch(MnistFile file) {
    download.fetch(file.packedName(), file.packedHash(), folder);
  }
}
