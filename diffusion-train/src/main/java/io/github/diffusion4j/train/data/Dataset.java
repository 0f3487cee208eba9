package io.github.diffusion4j.train.data;

import io.github.diffusion4j.Shape;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.train.net.Input;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;

/**
 * A finite, ordered set of labelled images of one shape.
 *
 * <p>Implementations are immutable and safe for use by several threads: a run reads the next batch
 * on a thread of its own while a step is made. They do not use the trainer, which may be waiting
 * for that batch.
 */
public interface Dataset {

  /** The number of images, at least 1. */
  int size();

  /** The number of channels of an image, at least 1. */
  int channels();

  /** The number of rows of an image, at least 1. */
  int height();

  /** The number of columns of an image, at least 1. */
  int width();

  /** The number of classes: one more than the greatest possible label. */
  int classes();

  /**
   * The names of the classes, which checkpoints and exported models tell.
   *
   * @return a name for each, all different; none where an implementation does not say another
   */
  default List<String> classNames() {
    return List.of();
  }

  /**
   * Copies an image as floats in [0, 1], channel by channel, row by row (CHW).
   *
   * @param index which image, in [0, {@link #size()})
   * @param into where the {@code channels·height·width} values go
   * @param offset the place of the first value in {@code into}
   * @throws IllegalArgumentException if there is no such image or no room for it
   */
  void image(int index, float[] into, int offset);

  /**
   * Copies an image as a step of training sees it: as it is, or changed at random where the set is
   * {@linkplain #augmented augmented}.
   *
   * @param index which image, in [0, {@link #size()})
   * @param random the randomness, a function of the run's seed and of the place in the run
   * @param into where the {@code channels·height·width} values go
   * @param offset the place of the first value in {@code into}
   * @throws IllegalArgumentException if there is no such image or no room for it
   */
  default void draw(int index, RandomGenerator random, float[] into, int offset) {
    image(index, into, offset);
  }

  /**
   * The label of an image.
   *
   * @param index which image, in [0, {@link #size()})
   * @return its class, in [0, {@link #classes()})
   * @throws IllegalArgumentException if there is no such image
   */
  int label(int index);

  /**
   * What is said of an image.
   *
   * @param index which image, in [0, {@link #size()})
   * @return its caption, which is not blank; none where an implementation does not say another
   * @throws IllegalArgumentException if there is no such image
   */
  default Optional<String> caption(int index) {
    Checks.inRange(0, size() - 1, index, "image index");
    return Optional.empty();
  }

  /**
   * What the images come with besides their classes, for networks that are told more: the tokens of
   * a caption, say.
   *
   * @return the shape of each for one image, by the name of the network's input; empty where an
   *     implementation does not say another
   */
  default Map<String, List<Integer>> conditions() {
    return Map.of();
  }

  /**
   * Copies a condition of an image. Where training drops an image's class, it drops its conditions
   * too: the network is told zeros, which should mean nothing else. What augmentation does to an
   * image, it does not do to its conditions.
   *
   * @param name one of {@link #conditions()}
   * @param index which image, in [0, {@link #size()})
   * @param into where the values go, in row-major order
   * @param offset the place of the first value in {@code into}
   * @throws IllegalArgumentException if there is no such condition, no such image or no room for it
   */
  default void condition(String name, int index, float[] into, int offset) {
    String wanted = conditions().containsKey(name) ? "its method condition must give " : "got ";
    throw new IllegalArgumentException(
        "conditions of data set %s are %s, %s%s"
            .formatted(name(), conditions().keySet(), wanted, name));
  }

  /**
   * A digest of the data, by which a resumed run knows that it sees the same: two sets of equal
   * digest hold the same images, labels, captions and conditions. A run asks for it once, before
   * its first step.
   *
   * @return the digest, with the name of its algorithm; SHA-256 of shape, images, labels, captions
   *     and conditions where an implementation does not say another, which looks at every image at
   *     every call
   */
  default String hash() {
    return "sha256:" + Sha256.of(this);
  }

  /** The name of the data for provenance, a short one such as "MNIST train". */
  String name();

  /**
   * The first images alone.
   *
   * @param count how many, in [1, {@link #size()}]
   * @return a view of them
   * @throws IllegalArgumentException if the count is out of range
   */
  default Dataset first(int count) {
    return new Range(this, 0, Checks.inRange(1, size(), count, "count"));
  }

  /**
   * The images from one place to another alone.
   *
   * @param from the first image, in [0, to)
   * @param to the image after the last, in [1, {@link #size()}]
   * @return a view of them
   * @throws IllegalArgumentException if there are no such images
   */
  default Dataset range(int from, int to) {
    Checks.inRange(1, size(), to, "to");
    return new Range(this, Checks.inRange(0, to - 1, from, "from"), to);
  }

  /**
   * These images in another order, for a {@link #range} of a set that is ordered by class. Training
   * draws an order of its own for every epoch, and needs none.
   *
   * @param seed what the order is a function of
   * @return a view of them
   */
  default Dataset shuffled(long seed) {
    return Chosen.shuffled(this, seed);
  }

  /**
   * Some of these images, such as those of one class: {@code digits.filtered(i -> digits.label(i)
   * == 7)}. Labels and the number of classes stay what they are.
   *
   * @param chosen whether an image is one of them, by its index; asked once for each, now
   * @return a view of them, in their order
   * @throws IllegalArgumentException if there is none
   */
  default Dataset filtered(IntPredicate chosen) {
    return Chosen.of(this, Objects.requireNonNull(chosen, "chosen"));
  }

  /**
   * These images several times, one after another: longer epochs for few images, or several draws
   * of noise for each image that is held back.
   *
   * @param times how often, at least 1
   * @return a view of them
   * @throws IllegalArgumentException if the number is below 1 or there are too many images
   */
  default Dataset repeated(int times) {
    return new Repeated(this, times);
  }

  /**
   * These images with one more condition, such as an embedding of the caption.
   *
   * @param name the name of the network's input, {@link Input#TEXT} for a text's tokens; not {@code
   *     sample}, {@code timestep} or {@code class}
   * @param shape its shape for one image, axes of at least 1
   * @param values its values for an image of this set, in row-major order; zeros should mean none.
   *     The same values at every call, perhaps by several threads
   * @return a view of them
   * @throws IllegalArgumentException if the name is blank or one of those, an axis is below 1,
   *     there is such a condition already, or images are held back, which would need it too
   */
  default Dataset conditioned(String name, List<Integer> shape, IntFunction<float[]> values) {
    return new Conditioned(this, new Input(name, shape), values);
  }

  /**
   * These images, changed at random wherever a step of training draws one; {@link #image} and
   * {@link #images} give them as they are, and so does {@link #condition}: a condition that goes by
   * place in the image, such as a mask, does not move with it. The augmentation is part of name and
   * digest. Several are made one after another.
   *
   * @param augmentation the change
   * @return a view of them
   */
  default Dataset augmented(Augmentation augmentation) {
    return new Augmented(this, Objects.requireNonNull(augmentation, "augmentation"));
  }

  /**
   * These images, for a run that asks for its loss on others after each epoch, which are not
   * trained on: {@link io.github.diffusion4j.train.Epoch#validationLoss}. The others are part of
   * name and digest. Views of what is returned hold the same images back.
   *
   * @param heldBack images of the same shape, classes and conditions; none of these, for the loss
   *     to tell how well the network does what it was not shown
   * @return a view of these
   */
  default Dataset validatedOn(Dataset heldBack) {
    return new Validated(this, Optional.of(Objects.requireNonNull(heldBack, "heldBack")));
  }

  /**
   * Some of these images, for a run that asks for its loss on the others after each epoch: the
   * others are {@linkplain #validatedOn held back}. Call it after {@link #filtered} and {@link
   * #conditioned}, since later views change the images that are trained on alone, and before {@link
   * #repeated}, or copies of an image may be on both sides.
   *
   * @param share how many are held back, in (0, 1): at least one, and not all
   * @param seed what their draw is a function of
   * @return a view of those that are not held back
   * @throws IllegalArgumentException if the share is out of range, or this is a single image, holds
   *     others back or has its images {@linkplain #repeated several times}
   */
  default Dataset holdingBack(double share, long seed) {
    return Validated.holdingBack(this, share, seed);
  }

  /**
   * The images that are held back from training.
   *
   * @return what {@link #validatedOn} was given; none where an implementation does not say another,
   *     whose {@link #hash} then tells of them
   */
  default Optional<Dataset> heldBack() {
    return Optional.empty();
  }

  /**
   * Some images as one tensor.
   *
   * @param from the first image, in [0, to)
   * @param to the image after the last, at most {@link #size()}
   * @return {@code [to − from, channels, height, width]}, in [0, 1]
   * @throws IllegalArgumentException if there are no such images
   */
  default Tensor images(int from, int to) {
    Dataset range = range(from, to);
    Shape shape = Shape.images(range.size(), channels(), height(), width());
    float[] values = new float[shape.elements()];
    for (int i = 0; i < range.size(); i++) {
      range.image(i, values, i * shape.elementsPerImage());
    }
    return Tensor.of(shape, values);
  }
}
