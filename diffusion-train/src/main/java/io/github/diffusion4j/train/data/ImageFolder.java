package io.github.diffusion4j.train.data;

import io.github.diffusion4j.image.Images;
import io.github.diffusion4j.image.PixelRange;
import io.github.diffusion4j.internal.Checks;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;

/**
 * The PNG and JPEG images of a folder as squares of one size.
 *
 * <p>Each sub-folder is a class, as in torchvision's {@code ImageFolder}: classes are numbered in
 * the order of their names, their images come one class after another, sorted by path, and folders
 * within a class belong to it. A folder without sub-folders is one class. What counts is a file's
 * ending, {@code .png}, {@code .jpg} or {@code .jpeg} in small or capital letters; other files, and
 * all whose names begin with a dot, are left aside.
 *
 * <p>A picture is resized until its shorter side has the square's length, and the middle is cut out
 * ({@link Images#toSquare}), so that smaller pictures are enlarged. Every file is read once, when
 * the folder is opened, on all processors; what stays in memory is a byte for each value: 12 KiB
 * for a square of 64 pixels in colour.
 */
public final class ImageFolder implements Dataset {

  private static final int MOST = 4096;

  private final ImageList list;
  private final int channels;
  private final int side;
  private final byte[][] images;
  private final List<String> captions;
  private final String hash;

  private ImageFolder(ImageList list, List<String> captions, int channels, int side) {
    this.list = list;
    this.captions = captions;
    this.channels = channels;
    this.side = side;
    this.images =
        list.files().parallelStream()
            .map(file -> Images.readSquare(file, channels, side, PixelRange.UNIT).toArray())
            .map(Levels::of)
            .toArray(byte[][]::new);
    this.hash = Dataset.super.hash();
  }

  /**
   * Opens a folder of images.
   *
   * @param folder the folder
   * @param channels 1 for gray images, 3 for red, green and blue
   * @param side the length of the squares' sides in pixels, in [1, 4096]
   * @return the images, shape {@code [channels, side, side]}
   * @throws IllegalArgumentException if the number of channels is neither 1 nor 3, or the side out
   *     of range
   * @throws io.github.diffusion4j.DiffusionException if there is no such folder, it or one of its
   *     sub-folders has no image, images lie both in it and in its sub-folders, an image cannot be
   *     read or is coloured though one channel is asked for, or all together need more than half of
   *     the Java heap
   */
  public static ImageFolder of(Path folder, int channels, int side) {
    return open(folder, channels, side, list -> List.of());
  }

  /**
   * Opens a folder of images with captions, of which every image must have one.
   *
   * <p>They are read from {@code metadata.jsonl} in the folder, as Hugging Face's {@code
   * imagefolder} has it: one JSON object a line, with {@code file_name}, the path below the folder
   * with slashes, and {@code text}, the caption. If there is no such file, the caption of {@code
   * a.png} is the text of {@code a.txt} beside it. Both are UTF-8; space around a caption is cut
   * off.
   *
   * @param folder the folder
   * @param channels 1 for gray images, 3 for red, green and blue
   * @param side the length of the squares' sides in pixels, in [1, 4096]
   * @return the images, shape {@code [channels, side, side]}
   * @throws IllegalArgumentException as {@link #of} does
   * @throws io.github.diffusion4j.DiffusionException as {@link #of} does, and if a caption is
   *     missing or blank, or a line of {@code metadata.jsonl} is another thing, names no image of
   *     the folder or one that another line names
   */
  public static ImageFolder captioned(Path folder, int channels, int side) {
    return open(folder, channels, side, Captions::of);
  }

  private static ImageFolder open(
      Path folder, int channels, int side, Function<ImageList, List<String>> captions) {
    Objects.requireNonNull(folder, "folder");
    Checks.require(
        channels == 1 || channels == 3, () -> "channels must be 1 or 3, got " + channels);
    Checks.inRange(1, MOST, side, "side");
    ImageList list = ImageList.in(folder);
    long bytes = (long) list.files().size() * channels * side * side;
    long most = Runtime.getRuntime().maxMemory() / 2;
    if (bytes > most) {
      throw list.bad(
          "at most " + most + " bytes of images, half of the Java heap",
          list.files().size() + " images, " + bytes + " bytes");
    }
    return new ImageFolder(list, captions.apply(list), channels, side);
  }

  @Override
  public int size() {
    return images.length;
  }

  @Override
  public int channels() {
    return channels;
  }

  @Override
  public int height() {
    return side;
  }

  @Override
  public int width() {
    return side;
  }

  @Override
  public int classes() {
    return list.classes().size();
  }

  /** The names of the sub-folders, by label; that of the folder itself if it has none. */
  @Override
  public List<String> classNames() {
    return List.copyOf(list.classes());
  }

  /**
   * The file of an image.
   *
   * @param index which image, in [0, {@link #size()})
   * @return its path
   * @throws IllegalArgumentException if there is no such image
   */
  public Path file(int index) {
    return list.files().get(checked(index));
  }

  @Override
  public void image(int index, float[] into, int offset) {
    byte[] image = images[checked(index)];
    Levels.copy(image, 0, image.length, into, offset);
  }

  @Override
  public int label(int index) {
    return list.labels().get(checked(index));
  }

  @Override
  public Optional<String> caption(int index) {
    checked(index);
    return captions.isEmpty() ? Optional.empty() : Optional.of(captions.get(index));
  }

  /** The digest of the squares, labels and captions, whatever the names of the files. */
  @Override
  public String hash() {
    return hash;
  }

  @Override
  public String name() {
    return "image folder " + ImageList.nameOf(list.folder());
  }

  @Override
  public String toString() {
    return name() + ": " + size() + " images of " + side + "×" + side + ", " + classNames();
  }

  private int checked(int index) {
    return Checks.inRange(0, size() - 1, index, "image index");
  }
}
