package io.github.diffusion4j.image;

import io.github.diffusion4j.DiffusionException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Opens image files, with errors that name the file. */
final class ImageFiles {

  private ImageFiles() {}

  /** What is read of an open file. */
  @FunctionalInterface
  interface Content<T> {
    T readFrom(ImageReader reader) throws IOException;
  }

  static BufferedImage read(Path file) {
    List<String> warnings = new ArrayList<>();
    return open(
        file,
        reader -> {
          reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
          BufferedImage image = reader.read(0);
          // The JPEG reader fills what is missing with gray and only warns.
          for (String warning : warnings) {
            if (warning.contains("remature end")) {
              throw new IOException(warning);
            }
          }
          return image;
        });
  }

  /** What is made of an image; what is wrong with it is wrong with the file. */
  static <T> T read(Path file, Function<BufferedImage, T> use) {
    BufferedImage image = read(file);
    try {
      return use.apply(image);
    } catch (IllegalArgumentException e) {
      throw new DiffusionException("image file " + file + ": " + e.getMessage(), e);
    }
  }

  static <T> T open(Path file, Content<T> content) {
    if (Files.isDirectory(file)) {
      throw new DiffusionException("image file " + file + " is a folder");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new DiffusionException("image file " + file + " is no regular file");
    }
    try (InputStream in = Files.newInputStream(file);
        ImageInputStream stream = new MemoryCacheImageInputStream(in)) {
      Iterator<ImageReader> readers = ImageIO.getImageReaders(stream);
      if (!readers.hasNext()) {
        throw new DiffusionException(
            "file "
                + file
                + " must be a PNG, JPEG, GIF, BMP or TIFF image, found "
                + Files.size(file)
                + " bytes of something else");
      }
      ImageReader reader = readers.next();
      try {
        reader.setInput(stream);
        return content.readFrom(reader);
      } finally {
        reader.dispose();
      }
    } catch (NoSuchFileException e) {
      throw new DiffusionException("image file " + file + " does not exist", e);
    } catch (AccessDeniedException e) {
      throw new DiffusionException("image file " + file + " may not be read", e);
    } catch (DiffusionException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Readers answer broken files with unchecked exceptions, too.
      throw new DiffusionException("image file " + file + " is damaged or cut off: " + e, e);
    }
  }
}
