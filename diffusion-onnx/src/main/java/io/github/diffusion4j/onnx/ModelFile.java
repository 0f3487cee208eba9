package io.github.diffusion4j.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.diffusion4j.DiffusionException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** A model on disk. */
final class ModelFile {

  private static final String EXTERNAL_FOLDER =
      "session.model_external_initializers_file_folder_path";

  private ModelFile() {}

  /**
   * Checks that there is a file.
   *
   * @throws DiffusionException if there is none
   */
  static void check(Path file) {
    if (Files.isDirectory(file)) {
      throw new DiffusionException(file + ": expected an ONNX model, found a folder");
    }
    if (!Files.isReadable(file)) {
      throw new DiffusionException(
          file
              + ": expected an ONNX model, found "
              + (Files.exists(file) ? "a file that may not be read" : "no such file"));
    }
    if (size(file) == 0) {
      throw new DiffusionException(file + ": expected an ONNX model, found an empty file");
    }
  }

  /** The file's size in bytes. */
  static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new DiffusionException(file + ": cannot be read: " + e, e);
    }
  }

  /**
   * Loads the file, with links as they are: weights in files beside a model that is a link (as in a
   * Hugging Face cache) are found beside the link.
   *
   * <p>ONNX Runtime for Java cannot open paths with characters beyond U+FFFF outside Windows. Those
   * are loaded from memory, and weights beside them through a link to their folder.
   */
  static OrtSession load(OrtEnvironment environment, Path file, OrtSession.SessionOptions options)
      throws OrtException {
    Path absolute = file.toAbsolutePath();
    boolean plain = absolute.toString().chars().noneMatch(c -> Character.isSurrogate((char) c));
    if (plain || System.getProperty("os.name").startsWith("Windows")) {
      return environment.createSession(absolute.toString(), options);
    }
    try {
      return loadFromMemory(environment, absolute, options);
    } catch (IOException e) {
      throw new DiffusionException(file + ": cannot be read: " + e, e);
    }
  }

  private static OrtSession loadFromMemory(
      OrtEnvironment environment, Path file, OrtSession.SessionOptions options)
      throws IOException, OrtException {
    Path temporary = Files.createTempDirectory("diffusion4j");
    Path link = temporary.resolve("model");
    try (FileChannel channel = FileChannel.open(file)) {
      Files.createSymbolicLink(link, file.getParent());
      options.addConfigEntry(EXTERNAL_FOLDER, link.toString());
      ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      return environment.createSession(bytes, options);
    } finally {
      Files.deleteIfExists(link);
      Files.delete(temporary);
    }
  }
}
