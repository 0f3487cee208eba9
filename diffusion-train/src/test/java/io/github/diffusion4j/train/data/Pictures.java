package io.github.diffusion4j.train.data;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import javax.imageio.ImageIO;

/** Small image files for tests. */
public final class Pictures {

  private Pictures() {}

  /** A picture without symmetry, of one's own kind for each number; folders are made. */
  public static Path colour(Path file, int width, int height, int number) throws IOException {
    return write(file, picture(BufferedImage.TYPE_INT_RGB, width, height, number));
  }

  public static Path gray(Path file, int width, int height, int number) throws IOException {
    return write(file, picture(BufferedImage.TYPE_BYTE_GRAY, width, height, number));
  }

  private static BufferedImage picture(int type, int width, int height, int number) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, (x * 7919 + y * 104729 + x * y * 31 + number * 65537) & 0xFFFFFF);
      }
    }
    return image;
  }

  private static Path write(Path file, BufferedImage image) throws IOException {
    Files.createDirectories(file.getParent());
    String format = file.toString().toLowerCase(Locale.ROOT).endsWith("png") ? "png" : "jpg";
    ImageIO.write(image, format, file.toFile());
    return file;
  }
}
