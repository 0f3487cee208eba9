package io.github.diffusion4j.train.data;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/** The folder that data are downloaded into. */
final class CacheFolder {

  private CacheFolder() {}

  /** The folder of the data of this name. */
  static Path of(String name) {
    return of(name, System::getProperty, System::getenv);
  }

  static Path of(String name, Function<String, ?> property, Function<String, ?> environment) {
    Optional<String> named =
        text(property, "diffusion4j.cache").or(() -> text(environment, "DIFFUSION4J_CACHE"));
    Path cache =
        named
            .map(Path::of)
            .or(() -> text(environment, "XDG_CACHE_HOME").map(p -> Path.of(p, "diffusion4j")))
            .orElseGet(
                () -> Path.of(text(property, "user.home").orElse("."), ".cache", "diffusion4j"));
    return cache.resolve(name);
  }

  private static Optional<String> text(Function<String, ?> settings, String name) {
    return Optional.ofNullable(settings.apply(name))
        .map(Object::toString)
        .filter(text -> !text.isBlank());
  }
}
