package io.github.diffusion4j.image;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.Tensor;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.internal.files.WholeFiles;
import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Writes an animation that repeats for ever, frame by frame; at most one frame is kept in memory.
 *
 * <pre>{@code
 * try (AnimatedGif gif = AnimatedGif.create(file, 50)) {
 *   for (Frame frame : sampler.frames(sampling)) {
 *     gif.add(frame.sample(), PixelRange.UNIT);
 *   }
 *   gif.finish(2000);
 * }
 * }</pre>
 *
 * <p>A frame of several images is one grid: {@code gif.add(grid.draw(frame.sample(),
 * PixelRange.UNIT))} by an {@link ImageGrid}.
 *
 * <p>The file appears with {@link #finish}; closed without it, nothing stays. Gray frames are
 * exact; coloured ones get a palette of at most 256 colours of their own. For one thread.
 */
public final class AnimatedGif implements AutoCloseable {

  private static final IndexColorModel GRAYS = grays();

  private final Path file;
  private final WholeFiles files = new WholeFiles();
  private final int delay;
  private final OutputStream out;
  private final ImageOutputStream stream;
  private final ImageWriter writer;
  private BufferedImage last;
  private int frames;
  private int written;
  private boolean open = true;

  private AnimatedGif(Path file, int delay) {
    this.delay = delay;
    this.file = file;
    this.last = new BufferedImage(1, 1, BufferedImage.TYPE_BYTE_GRAY);
    this.writer = ImageIO.getImageWritersByFormatName("gif").next();
    try {
      this.out = files.open(file);
    } catch (IOException e) {
      writer.dispose();
      throw failed(e);
    }
    this.stream = new MemoryCacheImageOutputStream(out);
    try {
      writer.setOutput(stream);
      writer.prepareWriteSequence(null);
    } catch (IOException e) {
      close();
      throw failed(e);
    }
  }

  /**
   * Begins an animation.
   *
   * @param file the file, replaced by {@link #finish} if it exists
   * @param delay how long a frame is shown, in [10, 655350] milliseconds, rounded to the format's
   *     hundredths of a second; viewers show frames of less than 20 ms for longer
   * @return the animation, to be closed
   * @throws IllegalArgumentException if the delay is out of range
   * @throws DiffusionException if the folder cannot be written to
   */
  public static AnimatedGif create(Path file, int delay) {
    return new AnimatedGif(file, checkDelay(delay, "delay"));
  }

  private static int checkDelay(int delay, String name) {
    return Checks.inRange(10, 655350, delay, name + " in ms");
  }

  /**
   * Adds a frame.
   *
   * @param image of the size of the first frame
   * @throws IllegalArgumentException if the size differs
   * @throws IllegalStateException if the animation is finished or closed
   * @throws DiffusionException if the file cannot be written
   */
  public void add(BufferedImage image) {
    checkOpen();
    Checks.require(
        frames == 0
            || (image.getWidth() == last.getWidth() && image.getHeight() == last.getHeight()),
        () ->
            "frames must have one size, got "
                + last.getWidth()
                + "×"
                + last.getHeight()
                + " and "
                + image.getWidth()
                + "×"
                + image.getHeight());
    // The last frame waits for finish, which knows its delay.
    if (frames > 0) {
      write(last, delay);
    }
    last = copy(image);
    frames++;
  }

  /**
   * Adds a frame.
   *
   * @param image {@code [1, 1 or 3, height, width]}
   * @param range which values are black and white
   * @throws IllegalArgumentException if the shape is another one, the size differs, or a value is
   *     NaN
   * @throws IllegalStateException if the animation is finished or closed
   * @throws DiffusionException if the file cannot be written
   */
  public void add(Tensor image, PixelRange range) {
    add(Images.toImage(image, range));
  }

  /** Finishes the file; the last frame is shown as long as the others. See {@link #finish(int)}. */
  public void finish() {
    finish(delay);
  }

  /**
   * Finishes the file.
   *
   * @param hold how long the last frame is shown, in [10, 655350] milliseconds
   * @throws IllegalArgumentException if the time is out of range
   * @throws IllegalStateException if there is no frame, or the animation is finished or closed
   * @throws DiffusionException if the file cannot be written
   */
  public void finish(int hold) {
    checkDelay(hold, "hold");
    checkOpen();
    if (frames == 0) {
      throw new IllegalStateException("an animation has at least one frame, got none");
    }
    write(last, hold);
    try {
      writer.endWriteSequence();
      release();
      files.publish();
    } catch (IOException e) {
      throw fail(e);
    }
  }

  /** Ends the work; without {@link #finish} before, nothing of the file stays. */
  @Override
  public void close() {
    if (open) {
      try {
        release();
        files.close();
      } catch (IOException e) {
        throw fail(e);
      }
    }
  }

  private void checkOpen() {
    if (!open) {
      throw new IllegalStateException("the animation is finished or closed");
    }
  }

  private void release() throws IOException {
    open = false;
    writer.dispose();
    try (out) {
      stream.close();
    }
  }

  private DiffusionException fail(Exception cause) {
    if (open) {
      try {
        release();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
    return failed(cause);
  }

  private DiffusionException failed(Exception cause) {
    try {
      files.close();
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    return WholeFiles.cannotBeWritten(file, cause);
  }

  private void write(BufferedImage frame, int milliseconds) {
    try {
      IIOMetadata metadata = writer.getDefaultImageMetadata(new ImageTypeSpecifier(frame), null);
      metadata.setFromTree(metadata.getNativeMetadataFormatName(), timed(metadata, milliseconds));
      writer.writeToSequence(new IIOImage(frame, null, metadata), null);
      stream.flushBefore(stream.getStreamPosition());
      written++;
    } catch (IOException | RuntimeException e) {
      throw fail(e);
    }
  }

  private IIOMetadataNode timed(IIOMetadata metadata, int milliseconds) {
    IIOMetadataNode root =
        (IIOMetadataNode) metadata.getAsTree(metadata.getNativeMetadataFormatName());
    IIOMetadataNode control = child(root, "GraphicControlExtension");
    control.setAttribute("disposalMethod", "none");
    control.setAttribute("userInputFlag", "FALSE");
    control.setAttribute("transparentColorFlag", "FALSE");
    control.setAttribute("transparentColorIndex", "0");
    control.setAttribute("delayTime", Integer.toString((milliseconds + 5) / 10));
    if (written == 0) {
      IIOMetadataNode forEver = new IIOMetadataNode("ApplicationExtension");
      forEver.setAttribute("applicationID", "NETSCAPE");
      forEver.setAttribute("authenticationCode", "2.0");
      forEver.setUserObject(new byte[] {1, 0, 0});
      child(root, "ApplicationExtensions").appendChild(forEver);
    }
    child(root, "ImageDescriptor").setAttribute("interlaceFlag", "FALSE");
    return root;
  }

  private static IIOMetadataNode child(IIOMetadataNode root, String name) {
    if (root.getElementsByTagName(name).getLength() > 0) {
      return (IIOMetadataNode) root.getElementsByTagName(name).item(0);
    }
    IIOMetadataNode child = new IIOMetadataNode(name);
    root.appendChild(child);
    return child;
  }

  /** A copy that the writer stores as it is, if gray, or finds a palette for. */
  private static BufferedImage copy(BufferedImage image) {
    Pixels pixels = Pixels.of(image);
    boolean gray = pixels.isGray();
    BufferedImage copy =
        gray
            ? new BufferedImage(
                pixels.width(), pixels.height(), BufferedImage.TYPE_BYTE_INDEXED, GRAYS)
            : new BufferedImage(pixels.width(), pixels.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < pixels.height(); y++) {
      for (int x = 0; x < pixels.width(); x++) {
        if (gray) {
          copy.getRaster().setSample(x, y, 0, pixels.level(x, y, 0));
        } else {
          copy.setRGB(x, y, pixels.rgb(x, y));
        }
      }
    }
    return copy;
  }

  private static IndexColorModel grays() {
    byte[] levels = new byte[256];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = (byte) i;
    }
    return new IndexColorModel(8, 256, levels, levels, levels);
  }
}
