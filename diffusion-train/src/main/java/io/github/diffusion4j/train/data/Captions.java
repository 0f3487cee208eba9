package io.github.diffusion4j.train.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Reads the captions of a folder's images. */
final class Captions {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private Captions() {}

  /** One for each image: from the folder's metadata.jsonl if it has one, else from text files. */
  static List<String> of(ImageList images) {
    Path metadata = images.folder().resolve("metadata.jsonl");
    return Files.exists(metadata)
        ? listed(images, metadata)
        : images.files().stream().map(Captions::beside).toList();
  }

  private static String beside(Path image) {
    String name = image.getFileName().toString();
    Path file = image.resolveSibling(name.substring(0, name.lastIndexOf('.')) + ".txt");
    String caption = read(file, "the caption of image " + name).strip();
    if (caption.isEmpty()) {
      throw bad(file.toString(), "a caption", "an empty text");
    }
    return caption;
  }

  private static List<String> listed(ImageList images, Path metadata) {
    Set<String> names = new HashSet<>();
    IntStream.range(0, images.files().size()).mapToObj(images::name).forEach(names::add);
    Map<String, String> captions = new HashMap<>();
    List<String> lines = read(metadata, "the captions of all images").lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        String where = metadata + ", line " + (i + 1);
        JsonNode line = parse(lines.get(i), where);
        String name = text(line, "file_name", where);
        if (!names.contains(name)) {
          throw bad(where, "file_name of an image in the folder", name);
        }
        if (captions.put(name, text(line, "text", where)) != null) {
          throw bad(where, "each file_name once", name + " again");
        }
      }
    }
    return IntStream.range(0, images.files().size())
        .mapToObj(images::name)
        .map(name -> captions.computeIfAbsent(name, absent -> missing(metadata, absent)))
        .toList();
  }

  private static String missing(Path metadata, String name) {
    throw bad(metadata.toString(), "a line with file_name " + name, "none");
  }

  private static JsonNode parse(String line, String where) {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new DiffusionException(
          where + ": expected a JSON object, found " + e.getOriginalMessage(), e);
    }
  }

  private static String text(JsonNode line, String field, String where) {
    JsonNode found = line.path(field);
    String text = found.asText().strip();
    if (!found.isTextual() || text.isEmpty()) {
      throw bad(
          where,
          field + " to be a text that is not blank",
          found.isMissingNode() ? "nothing" : found.toString());
    }
    return text;
  }

  /** The content of a file, in UTF-8 with or without a byte order mark. */
  private static String read(Path file, String what) {
    try {
      String text = Files.readString(file);
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (NoSuchFileException e) {
      throw new DiffusionException(file + ": expected " + what + ", found no file", e);
    } catch (CharacterCodingException e) {
      throw new DiffusionException(file + ": expected UTF-8, found other bytes", e);
    } catch (IOException e) {
      throw new DiffusionException(file + ": cannot be read: " + e, e);
    }
  }

  private static DiffusionException bad(String where, String expected, String found) {
    return new DiffusionException(where + ": expected " + expected + ", found " + found);
  }
}
