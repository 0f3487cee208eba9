package io.github.diffusion4j;

import io.github.diffusion4j.internal.Checks;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A denoiser that knows how it was trained.
 *
 * <p>Safe for several threads. Closing frees its memory; closing twice is fine, and every later use
 * throws {@link IllegalStateException}.
 */
public interface DiffusionModel extends Denoiser, AutoCloseable {

  /** The noise schedule that the network was trained with. */
  NoiseSchedule schedule();

  /** What the network predicts. */
  PredictionType prediction();

  /**
   * The names of the classes that it was trained on, by label.
   *
   * @return as many as there are classes; empty where the model does not tell them
   */
  default List<String> classNames() {
    return List.of();
  }

  /**
   * What asks for images of classes by their names: the global input {@code class}, one-hot {@code
   * [names, classes]}.
   *
   * @param names of {@link #classNames()}, one for each image of a batch, or one for all
   * @return the conditioning; its {@link Conditioning#zeros()} ask for no class
   * @throws IllegalArgumentException if the model tells no class of a name, or none is given
   */
  default Conditioning classes(String... names) {
    List<String> all = classNames();
    Checks.require(names.length > 0, () -> "at least one class is needed, got none");
    int[] labels = new int[names.length];
    for (int i = 0; i < labels.length; i++) {
      String name = Objects.requireNonNull(names[i], "name");
      labels[i] = all.indexOf(name);
      Checks.require(
          labels[i] >= 0,
          () ->
              all.isEmpty()
                  ? "the model does not tell the names of its classes, got " + name
                  : "class must be one of "
                      + (all.size() <= 20 ? all : all.subList(0, 20) + " and others")
                      + ", got "
                      + name);
    }
    return Conditioning.none().global("class", Tensor.oneHot(all.size(), labels));
  }

  /**
   * The shape of a batch of images, for models that take images of one size only.
   *
   * @param batch the number of images, at least 0
   * @return {@code [batch, channels, height, width]}; empty where the model leaves one of the last
   *     three open, or does not tell
   * @throws IllegalArgumentException if there is a shape and the number is negative
   */
  default Optional<Shape> imageShape(int batch) {
    return Optional.empty();
  }

  /**
   * Frees the network.
   *
   * @throws DiffusionException if the engine fails
   */
  @Override
  void close();
}
