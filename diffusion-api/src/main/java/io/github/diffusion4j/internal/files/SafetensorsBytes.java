package io.github.diffusion4j.internal.files;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.BiFunction;

/** Reads the parts of a safetensors file: the header, which says its own length, and values. */
public final class SafetensorsBytes {

  private static final long MOST_HEADER = 100_000_000;

  /** The length of the header, and one of two bytes. */
  private static final long LEAST_FILE = 10;

  private SafetensorsBytes() {}

  /**
   * Reads the header.
   *
   * @param in the file from its beginning
   * @param size the number of bytes of the file
   * @param wrong makes an error of what is expected and what was found
   * @return the bytes of the header, a JSON text
   * @throws IOException if the file cannot be read
   */
  public static ByteBuffer header(
      InputStream in, long size, BiFunction<String, String, ? extends RuntimeException> wrong)
      throws IOException {
    if (size < LEAST_FILE) {
      throw wrong.apply("at least " + LEAST_FILE + " bytes", Long.toString(size));
    }
    long length = read(in, 8).getLong();
    long most = Math.min(MOST_HEADER, size - 8);
    if (length < 2 || length > most) {
      throw wrong.apply("a header of 2 to " + most + " bytes", Long.toString(length));
    }
    return read(in, (int) length);
  }

  /**
   * Reads so many bytes.
   *
   * @param in where from
   * @param count how many, at least 0
   * @return the bytes, little end first
   * @throws IOException if they cannot be read or the file ends within them
   */
  public static ByteBuffer read(InputStream in, int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new IOException("ended within " + count + " bytes");
    }
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
