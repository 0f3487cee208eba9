package io.github.diffusion4j.image;

import io.github.diffusion4j.DiffusionException;
import io.github.diffusion4j.internal.Checks;
import io.github.diffusion4j.internal.files.WholeFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.w3c.dom.NodeList;

/**
 * PNG files that carry the settings of the run that made them, as text chunks of type iTXt.
 *
 * <p>{@code Sampling.settings()} gives such settings.
 */
public final class Png {

  private static final String FORMAT = "javax_imageio_png_1.0";

  private Png() {}

  /**
   * Writes a file without texts; it appears whole or not at all.
   *
   * @param file the file, replaced if it exists
   * @param image the image
   * @throws DiffusionException if the file cannot be written
   */
  public static void write(Path file, BufferedImage image) {
    write(file, image, Map.of());
  }

  /**
   * Writes a file; it appears whole or not at all.
   *
   * @param file the file, replaced if it exists
   * @param image the image
   * @param text names and texts; a name has 1 to 79 printable Latin-1 characters without spaces at
   *     its ends or two in a row, a text is any but for the character 0 and lone surrogates
   * @throws IllegalArgumentException if a name or a text is not allowed
   * @throws DiffusionException if the file cannot be written
   */
  public static void write(Path file, BufferedImage image, Map<String, String> text) {
    Objects.requireNonNull(image, "image");
    text.forEach(Png::check);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (WholeFiles files = new WholeFiles()) {
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(image), null);
      if (!text.isEmpty()) {
        metadata.mergeTree(FORMAT, chunks(text));
      }
      try (OutputStream out = files.open(file);
          ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
        writer.setOutput(stream);
        writer.write(new IIOImage(image, null, metadata));
      }
      files.publish();
    } catch (IOException | RuntimeException e) {
      throw WholeFiles.cannotBeWritten(file, e);
    } finally {
      writer.dispose();
    }
  }

  private static void check(String name, String text) {
    Checks.require(
        !name.isEmpty()
            && name.length() <= 79
            && name.equals(name.strip())
            && !name.contains("  ")
            && StandardCharsets.ISO_8859_1.newEncoder().canEncode(name)
            && name.chars().noneMatch(c -> Character.isISOControl(c) || c == 0xA0),
        () ->
            "name of a text must have 1 to 79 printable Latin-1 characters without spaces at its ends"
                + " or two in a row, got \""
                + name
                + "\"");
    Checks.require(text.indexOf(0) < 0, () -> "text " + name + " must not hold the character 0");
    Checks.require(
        StandardCharsets.UTF_8.newEncoder().canEncode(text),
        () -> "text " + name + " must not hold half a character (a surrogate without its other)");
  }

  private static IIOMetadataNode chunks(Map<String, String> text) {
    IIOMetadataNode all = new IIOMetadataNode("iTXt");
    text.forEach(
        (name, value) -> {
          IIOMetadataNode entry = new IIOMetadataNode("iTXtEntry");
          entry.setAttribute("keyword", name);
          entry.setAttribute("compressionFlag", "FALSE");
          entry.setAttribute("compressionMethod", "0");
          entry.setAttribute("languageTag", "");
          entry.setAttribute("translatedKeyword", "");
          entry.setAttribute("text", value);
          all.appendChild(entry);
        });
    IIOMetadataNode root = new IIOMetadataNode(FORMAT);
    root.appendChild(all);
    return root;
  }

  /**
   * Reads the texts of a PNG file, of any of the three types of text chunks.
   *
   * @param file the file
   * @return names and texts in the file's order of each type
   * @throws DiffusionException if the file is missing, damaged or not a PNG file
   */
  public static Map<String, String> readText(Path file) {
    return ImageFiles.open(
        file,
        reader -> {
          if (!reader.getFormatName().equalsIgnoreCase("png")) {
            throw new DiffusionException(
                "file " + file + " must be a PNG image, found " + reader.getFormatName());
          }
          IIOMetadataNode root = (IIOMetadataNode) reader.getImageMetadata(0).getAsTree(FORMAT);
          Map<String, String> text = new LinkedHashMap<>();
          collect(root.getElementsByTagName("tEXtEntry"), "value", text);
          collect(root.getElementsByTagName("zTXtEntry"), "text", text);
          collect(root.getElementsByTagName("iTXtEntry"), "text", text);
          return text;
        });
  }

  private static void collect(NodeList entries, String attribute, Map<String, String> into) {
    for (int i = 0; i < entries.getLength(); i++) {
      IIOMetadataNode entry = (IIOMetadataNode) entries.item(i);
      into.put(entry.getAttribute("keyword"), entry.getAttribute(attribute));
    }
  }
}
